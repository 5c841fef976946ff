"""The secrets of the container stack: made, moved into files, and put in place from there."""

import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from flows.core.errors import MistakeError
from infra.containers.make_secrets import IN_A_FILE, settings
from infra.containers.secret_files import fill
from infra.containers.setup import main as set_up

ROOT = Path(__file__).parents[2]
MAY_BE_EMPTY = "QUAYSIDE_OIDC_CLIENT_SECRET"


def _make(folder: Path, *options: str) -> dict[str, str]:
    """Run the script as `make secrets` does; return what `.env` then says."""
    if not (folder / ".env.example").exists():
        (folder / ".env.example").write_text((ROOT / ".env.example").read_text())
    script = ROOT / "infra" / "containers" / "make_secrets.py"
    subprocess.run([sys.executable, str(script), str(folder), *options], check=True, capture_output=True)
    return settings((folder / ".env").read_text())


def _secrets(values: dict[str, str]) -> dict[str, str]:
    ends = ("_PASSWORD", "_SECRET", "_KEY")
    return {name: value for name, value in values.items() if name.endswith(ends) and name != MAY_BE_EMPTY}


def test_every_secret_gets_a_value_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    first = _make(tmp_path)

    assert len(set(_secrets(first).values())) == len(_secrets(first)) == 15
    assert all(len(value) >= 40 for value in _secrets(first).values())
    assert settings((tmp_path / ".env").read_text())[MAY_BE_EMPTY] == ""
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert _make(tmp_path) == first


def test_secrets_move_into_files_that_only_their_owner_reaches(tmp_path: Path) -> None:
    before = _secrets(_make(tmp_path))

    after = _secrets(_make(tmp_path, "--files"))

    folder = tmp_path / "secrets"
    assert set(after.values()) == {IN_A_FILE}
    assert {name: (folder / name).read_text() for name in after} == before
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / MAY_BE_EMPTY).read_text() == ""
    assert before["QUAYSIDE_NOTIFIER_PASSWORD"] in (folder / "objects.env").read_text()


def test_a_new_value_in_the_settings_goes_into_its_file(tmp_path: Path) -> None:
    _make(tmp_path, "--files")
    text = (tmp_path / ".env").read_text()
    (tmp_path / ".env").write_text(
        text.replace(f"QUAYSIDE_NOTIFIER_PASSWORD={IN_A_FILE}", "QUAYSIDE_NOTIFIER_PASSWORD=another123456")
    )

    _make(tmp_path)

    assert (tmp_path / "secrets" / "QUAYSIDE_NOTIFIER_PASSWORD").read_text() == "another123456"
    assert "password=another123456 " in (tmp_path / "secrets" / "objects.env").read_text()


def test_secrets_of_files_are_put_into_the_environment_and_into_addresses(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n")
    environment = {
        "QUAYSIDE_OWNER_PASSWORD_FILE": str(tmp_path / "secret"),
        "QUAYSIDE_DATABASE_URL": "postgresql://quayside:${QUAYSIDE_OWNER_PASSWORD}@postgres/quayside",
        "SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt",
    }

    fill(environment)

    assert environment["QUAYSIDE_OWNER_PASSWORD"] == "hush"
    assert environment["QUAYSIDE_DATABASE_URL"] == "postgresql://quayside:hush@postgres/quayside"
    assert "SSL_CERT" not in environment


GOOD = "abcdefghijk12"
_OF_ROLES = ("OWNER", "LOADER", "DASHBOARD", "ANALYST", "PREFECT_DATABASE", "NOTIFIER")
ROLES = {f"QUAYSIDE_{name}_PASSWORD": GOOD for name in _OF_ROLES}
KEYS = {f"QUAYSIDE_S3_{name}_SECRET": GOOD for name in ("FLOWS", "DASHBOARD", "UPLOADER")}
CHECKED = {
    **dict.fromkeys((*ROLES, "QUAYSIDE_POSTGRES_PASSWORD", "QUAYSIDE_PREFECT_PASSWORD"), "database"),
    **dict.fromkeys((*KEYS, "QUAYSIDE_S3_ADMIN_SECRET"), "services"),
}


@pytest.mark.parametrize("secret", ["", "short", IN_A_FILE, "with/a/slash/in/it"])
@pytest.mark.parametrize("name", CHECKED)
def test_the_setup_refuses_what_is_no_secret(name: str, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"QUAYSIDE_POSTGRES_PASSWORD": GOOD, "QUAYSIDE_PREFECT_PASSWORD": GOOD, "QUAYSIDE_S3_ADMIN_SECRET": GOOD}
    values |= ROLES | KEYS | {name: secret}
    password = quote(values["QUAYSIDE_POSTGRES_PASSWORD"], safe="")
    values |= {
        "QUAYSIDE_ADMIN_DATABASE_URL": f"postgresql://postgres:{password}@127.0.0.1:1/postgres",
        "QUAYSIDE_DATABASE_URL": "postgresql://quayside@127.0.0.1:1/quayside",
        "QUAYSIDE_PREFECT_AUTH": f"quayside:{values['QUAYSIDE_PREFECT_PASSWORD']}",
        "QUAYSIDE_S3_ENDPOINT": "127.0.0.1:1",
        "QUAYSIDE_S3_ACCESS_KEY": "key",
        "QUAYSIDE_S3_SECRET_KEY": values["QUAYSIDE_S3_ADMIN_SECRET"],
    }
    for variable, value in values.items():
        monkeypatch.setenv(variable, value)

    with pytest.raises(MistakeError, match=f"{name} must be 12 letters and digits"):
        set_up(CHECKED[name])
