"""The runbook, step by step as it stands in infra/README.md, on one stack."""

import subprocess
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

import pytest
import urllib3
from botocore.exceptions import ClientError

from infra.containers.make_secrets import IN_A_FILE
from tests.stack.conftest import ROOT, Containers, rows_of
from tests.stack.test_stack_hardening import service

FIGURES = (
    "select orders, revenue_inr, units, "
    "(select count(*) from platform.exception), (select count(*) from telco_packages.packages), "
    "(select count(*) from platform.audit_link) from sales_orders.figures"
)
START_OVER_S = 420
PUBLIC_PORT = "QUAYSIDE_DASHBOARD_PUBLISHED_PORT"


def test_new_secrets_are_taken_and_old_ones_refused(stack: Containers) -> None:
    names = "LOADER_PASSWORD DASHBOARD_PASSWORD NOTIFIER_PASSWORD S3_ADMIN_SECRET"
    keys = [f"quayside-{name}" for name in ("flows", "dashboard", "uploader")]
    old = dict(stack.values)

    stack.change(
        **{f"QUAYSIDE_{name}": f"new{name.replace('_', '')}00" for name in (*names.split(), "PREFECT_PASSWORD")},
        **{_secret_of(key): f"new{key.replace('-', '')}00" for key in keys},
        QUAYSIDE_ALERT_WEBHOOK_URL="http://alerts.invalid/hook",
    )
    stack.start()

    stack.load("rotated")
    for role in ("LOADER", "DASHBOARD", "NOTIFIER"):
        password = f"QUAYSIDE_{role}_PASSWORD"
        assert _signs_in(stack, f"quayside_{role.lower()}", stack.values[password])
        assert not _signs_in(stack, f"quayside_{role.lower()}", old[password])
    for key in (*keys, "quayside-admin"):
        assert _answer_of_the_store(stack, key) in ("NoSuchKey", "AccessDenied"), key
    assert _prefect_answers(stack, stack.values["QUAYSIDE_PREFECT_PASSWORD"]) == 200
    assert _prefect_answers(stack, old["QUAYSIDE_PREFECT_PASSWORD"]) == 401
    assert len([name for name in _automations(stack) if name.startswith("Quayside: ")]) == 6
    as_before = replace(stack, values={**stack.values, **{name: old[name] for name in map(_secret_of, keys)}})
    admin = "QUAYSIDE_S3_ADMIN_SECRET"
    as_before.values[admin] = old[admin]
    for key in (*keys, "quayside-admin"):
        assert _answer_of_the_store(as_before, key) == "SignatureDoesNotMatch", key


def _secret_of(key: str) -> str:
    """Return the name of the setting with the secret of an S3 key."""
    return f"QUAYSIDE_S3_{key.removeprefix('quayside-').upper()}_SECRET"


def _answer_of_the_store(stack: Containers, key: str) -> str:
    """Return what the object store says to a key that asks for an object that is not there."""
    with pytest.raises(ClientError) as refused:
        stack.s3(key, _secret_of(key)).get_object(Bucket="archive", Key="nothing-has-this-name")
    return str(refused.value.response["Error"]["Code"])


def _signs_in(stack: Containers, role: str, password: str) -> bool:
    """Return whether a role gets into the database over the network."""
    command = ["exec", "-T", "-e", f"PGPASSWORD={password}", "postgres", "psql", "-h", "postgres", "-U"]
    done = subprocess.run(
        ["docker", "compose", *command, role, "-d", "quayside", "-c", "select 1"],
        cwd=ROOT,
        env=stack.environment,
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def _prefect_answers(stack: Containers, password: str) -> int:
    headers = urllib3.make_headers(basic_auth=f"quayside:{password}")
    return urllib3.request("POST", f"{stack.prefect}/api/flows/count", headers=headers, json={}, timeout=20).status


def _automations(stack: Containers) -> list[str]:
    """Return the names of what Prefect's server does by itself."""
    headers = urllib3.make_headers(basic_auth=f"quayside:{stack.values['QUAYSIDE_PREFECT_PASSWORD']}")
    told = urllib3.request("POST", f"{stack.prefect}/api/automations/filter", headers=headers, json={}, timeout=20)
    return [automation["name"] for automation in told.json()]


def test_a_worker_that_is_stopped_ends_what_it_has_and_takes_nothing_new(stack: Containers) -> None:
    stack.drop("sales_orders/draining.csv", rows_of("DRAINING", 400_000))
    stack.wait_for("select state from platform.file where base_name = 'draining.csv'", "RUNNING")

    stack.compose("stop", "--timeout", "120", "worker")

    of_one = "select state, attempts from platform.file where base_name = "
    assert stack.sql(f"{of_one} 'draining.csv'") == "COMPLETED|1"
    stack.start_anew("worker")
    stack.load("after-draining")


def test_a_worker_without_work_stops_in_time_while_prefect_is_away(stack: Containers) -> None:
    stack.compose("stop", "prefect")

    stack.compose("stop", "--timeout", "60", "worker")

    (worker,) = [one for one in stack.inspected() if service(one) == "worker"]
    assert worker["State"]["ExitCode"] == 0
    stack.start_anew("prefect")
    stack.start_anew("worker")


def test_a_worker_whose_file_is_in_the_marts_stops_in_time_while_prefect_is_away(stack: Containers) -> None:
    """The rest of the run waits for Prefect, and nobody needs it."""
    of_one = "select {} from platform.file where base_name = 'no-prefect.csv'"
    psql = ["docker", "compose", "exec", "-T", "postgres", "psql", "-U", "postgres", "-d", "quayside"]
    with subprocess.Popen(psql, cwd=ROOT, env=stack.environment, stdin=subprocess.PIPE, text=True) as keeper:
        assert keeper.stdin is not None
        print(
            "select pg_advisory_lock(hashtext('quayside.publish'), hashtext('sales_orders'));",
            file=keeper.stdin,
            flush=True,
        )
        stack.drop("sales_orders/no-prefect.csv", rows_of("NO-PREFECT", 3))
        stack.wait_for(
            "select count(*) from platform.audit_event where event = 'stage_started' "
            f"and details ->> 'stage' = 'publish' and run_id = ({of_one.format('run_id')})",
            "1",
        )
        stack.compose("kill", "prefect")
        assert stack.sql(of_one.format("state")) == "RUNNING"
    stack.wait_for(of_one.format("state"), "COMPLETED")

    stack.compose("stop", "--timeout", "60", "worker")

    (worker,) = [one for one in stack.inspected() if service(one) == "worker"]
    assert worker["State"]["ExitCode"] == 0
    stack.start_anew("prefect")
    stack.start_anew("worker")
    stack.load("prefect-is-back")


def test_the_proxy_speaks_tls_and_the_dashboard_offers_an_identity_provider(stack: Containers, tmp_path: Path) -> None:
    port = stack.values[PUBLIC_PORT]
    plain = {name: stack.values[name] for name in ("QUAYSIDE_DASHBOARD_SITE", "QUAYSIDE_DASHBOARD_ORIGINS")}
    stack.change(
        QUAYSIDE_DASHBOARD_SITE="https://localhost:8080",
        QUAYSIDE_DASHBOARD_ORIGINS=f"localhost:{port}",
        QUAYSIDE_DASHBOARD_IS_SECURE="true",
        QUAYSIDE_CERTIFICATES="local_certs",
        QUAYSIDE_OIDC_ISSUER="https://login.example.org",
        QUAYSIDE_OIDC_CLIENT_ID="quayside",
        QUAYSIDE_OIDC_TITLE="Harbour Gate",
        QUAYSIDE_OIDC_GROUP_ROLES="cn=analysts,dc=example=viewer; stewards=steward",
    )

    stack.start_anew("dashboard", "proxy")

    root = stack.compose("exec", "-T", "proxy", "cat", "/data/caddy/pki/authorities/local/root.crt")
    (tmp_path / "root.crt").write_text(root)
    with urllib3.PoolManager(ca_certs=str(tmp_path / "root.crt"), retries=5, timeout=20) as http:
        answer = http.request("GET", f"https://localhost:{port}/healthz")
        page = http.request("GET", f"https://localhost:{port}/sign-in").data.decode()
        signed_in = http.request(
            "POST",
            f"https://localhost:{port}/sign-in",
            body=urlencode({"account": "admin", "password": stack.values["QUAYSIDE_ADMIN_PASSWORD"]}),
            headers={"Origin": f"https://localhost:{port}", "Content-Type": "application/x-www-form-urlencoded"},
            redirect=False,
        )
    assert answer.json()["status"] == "alive"
    assert "Harbour Gate" in page
    assert signed_in.status == 303, signed_in.data.decode()
    cookies = signed_in.headers.getlist("Set-Cookie")
    assert [one for one in cookies if not one.startswith("quayside_replica=") and "Secure" not in one] == []
    assert len(cookies) > 1
    stack.change(QUAYSIDE_DASHBOARD_IS_SECURE="false", QUAYSIDE_CERTIFICATES="", QUAYSIDE_OIDC_ISSUER="", **plain)
    stack.start_anew("dashboard", "proxy")


def test_a_backup_undoes_an_upgrade_and_secrets_can_move_into_files(stack: Containers, tmp_path: Path) -> None:
    stack.wait_for("select count(*) from platform.file where state in ('LANDED', 'RUNNING')", "0")
    before, archived = stack.sql(FIGURES), _archived(stack)
    stack.run("infra/containers/backup.sh", str(tmp_path / "backup"), timeout_s=300)

    _upgrade(stack, tmp_path)
    stack.load("upgraded")
    assert stack.sql("select count(*) from platform.upgrade_probe") == "0"

    stack.compose("down", "--volumes")
    stack.run("docker", "image", "rm", "quayside:next")
    stack.run("python3", "infra/containers/make_secrets.py", str(stack.folder), "--files")
    stack.change(QUAYSIDE_VERSION="local")
    stack.run("infra/containers/restore.sh", str(tmp_path / "backup"), timeout_s=START_OVER_S)
    stack.start()

    assert stack.sql(FIGURES).split("|")[:5] == before.split("|")[:5]
    assert (_archived(stack), len(archived) > 0) == (archived, True)
    assert stack.sql("select to_regclass('platform.upgrade_probe') is null") == "t"
    assert stack.sql("select count(*) from platform.verify_audit()") == "0"
    stack.load("later")


def _archived(stack: Containers) -> dict[str, str]:
    """Return the SHA-256 of each object of the archive by its name, which must be the same."""
    admin = stack.s3("quayside-admin", "QUAYSIDE_S3_ADMIN_SECRET")
    names = [one["Key"] for one in admin.list_objects_v2(Bucket="archive").get("Contents", [])]
    digests = {name: sha256(admin.get_object(Bucket="archive", Key=name)["Body"].read()).hexdigest() for name in names}
    assert [name for name, digest in digests.items() if name != digest] == []
    return digests


def _upgrade(stack: Containers, folder: Path) -> None:
    """Run a next version, which has one migration more."""
    (folder / "999_upgrade_probe.sql").write_text("create table platform.upgrade_probe (answer int);\n")
    (folder / "Dockerfile").write_text(
        "FROM quayside:local\nCOPY 999_upgrade_probe.sql /app/sql/platform/migrations/\n"
    )
    stack.run("docker", "build", "--tag", "quayside:next", str(folder))
    stack.change(QUAYSIDE_VERSION="next")
    stack.start()


def test_no_description_of_a_container_tells_a_secret_that_lies_in_a_file(stack: Containers) -> None:
    told = str(stack.inspected()) + stack.compose("logs", "--no-color") + stack.compose("config")
    secrets = _secrets(stack)

    assert IN_A_FILE not in str([container["Config"]["Env"] for container in stack.inspected()])
    assert [name for name, value in secrets.items() if value in told] == []
    assert [name for name, value in secrets.items() if value in (stack.folder / ".env").read_text()] == []


def _secrets(stack: Containers) -> dict[str, str]:
    ends = ("_PASSWORD", "_SECRET", "_KEY")
    return {name: value for name, value in stack.values.items() if name.endswith(ends) and value}
