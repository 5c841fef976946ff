"""The one-shot setup of the container stack; running it again is safe, and applies an upgrade and new secrets.

python -m infra.containers.setup roles        roles and databases
python -m infra.containers.setup database     roles, databases, migrations, grants, the first account
python -m infra.containers.setup services     buckets, policies, keys, notifications; deployments
python -m infra.containers.setup deployments  these alone, where a provider makes buckets and keys
"""

import os
import re
import sys
import time

import psycopg
from psycopg.conninfo import conninfo_to_dict

from flows.adapters.migrations import migrate
from flows.adapters.object_store import ObjectStore
from flows.adapters.warehouse import Warehouse
from flows.core.errors import MistakeError
from flows.datasets import datasets
from flows.services.accounts import FIRST_ADMIN, make_first_admin
from flows.settings import Settings, read_settings
from infra.containers.buckets import prepare_buckets
from infra.embedded.prefect import deploy_flows
from infra.roles import ANALYST, DASHBOARD, LOADER, NOTIFIER, OWNER, PREFECT, make_roles

ROLE_SECRETS = {
    OWNER: "QUAYSIDE_OWNER_PASSWORD",
    LOADER: "QUAYSIDE_LOADER_PASSWORD",
    DASHBOARD: "QUAYSIDE_DASHBOARD_PASSWORD",
    ANALYST: "QUAYSIDE_ANALYST_PASSWORD",
    PREFECT: "QUAYSIDE_PREFECT_DATABASE_PASSWORD",
    NOTIFIER: "QUAYSIDE_NOTIFIER_PASSWORD",
}
KEY_SECRETS = {
    "quayside-flows": "QUAYSIDE_S3_FLOWS_SECRET",
    "quayside-dashboard": "QUAYSIDE_S3_DASHBOARD_SECRET",
    "quayside-uploader": "QUAYSIDE_S3_UPLOADER_SECRET",
}
PATIENCE_S = 60
SHORTEST = 12
_SOUND = re.compile(rf"[A-Za-z0-9]{{{SHORTEST},}}")


def main(part: str) -> None:
    """Set one part up."""
    parts = {
        "roles": set_roles_up,
        "database": set_database_up,
        "services": set_services_up,
        "deployments": set_deployments_up,
    }
    parts[part](read_settings())


def set_roles_up(_: Settings) -> None:
    """Make roles and databases, with the passwords of the environment."""
    admin_url = os.environ["QUAYSIDE_ADMIN_DATABASE_URL"]
    passwords = {role: _secret(name) for role, name in ROLE_SECRETS.items()}
    _check("QUAYSIDE_POSTGRES_PASSWORD", conninfo_to_dict(admin_url).get("password"))
    _wait_for(admin_url)
    make_roles(admin_url, passwords)


def set_database_up(settings: Settings) -> None:
    """Make roles and databases, migrate, and make the first account with the password of the environment."""
    _check("QUAYSIDE_PREFECT_PASSWORD", settings.prefect_auth.get_secret_value().partition(":")[2])
    set_roles_up(settings)
    warehouse = Warehouse(settings)
    applied = migrate(warehouse, datasets())
    print(f"migrations applied: {', '.join(applied) or 'none, the database is up to date'}")
    if make_first_admin(warehouse, _secret("QUAYSIDE_ADMIN_PASSWORD")):
        print(f"the first account is {FIRST_ADMIN}; its password is QUAYSIDE_ADMIN_PASSWORD")
    warehouse.close()


def set_services_up(settings: Settings) -> None:
    """Make buckets, policies, keys and notifications, and deploy the flows."""
    secrets = {key: _secret(name) for key, name in KEY_SECRETS.items()}
    _check("QUAYSIDE_S3_ADMIN_SECRET", settings.s3_secret_key.get_secret_value())
    ObjectStore(settings).make_buckets()
    prepare_buckets(settings, secrets)
    print("buckets, policies, keys and notifications are in place")
    set_deployments_up(settings)


def set_deployments_up(settings: Settings) -> None:
    """Make the work pool, the deployments and the alerts."""
    deploy_flows(dict(os.environ), settings.work_pool)
    print("the flows are deployed")


def _secret(name: str) -> str:
    """Return a sound secret of the environment."""
    return _check(name, os.environ.get(name))


def _check(name: str, value: str | int | None) -> str:
    """Return a secret.

    Raises:
        MistakeError: It is empty, too short, or would not survive in an address.
    """
    if not _SOUND.fullmatch(secret := str(value or "")):
        raise MistakeError(
            f"{name} must be {SHORTEST} letters and digits or more: give it a value in .env, or run `make secrets`"
        )
    return secret


def _wait_for(admin_url: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            psycopg.connect(admin_url, connect_timeout=5).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(1)
        else:
            return


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except MistakeError as mistake:
        sys.exit(f"quayside: {mistake}")
