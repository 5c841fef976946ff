"""The login roles of the database server and their databases; what each may do: `sql/<owner>/grants.sql`."""

from collections.abc import Mapping

import psycopg
from psycopg import sql

OWNER = "quayside"
LOADER = "quayside_loader"
DASHBOARD = "quayside_dashboard"
ANALYST = "quayside_analyst"
NOTIFIER = "quayside_notifier"
"""What the object store of the container stack tells of puts with."""
PREFECT = "prefect"

_DATABASES = {"quayside": OWNER, "prefect": PREFECT}


def make_roles(admin_url: str, passwords: Mapping[str, str]) -> None:
    """Make every role with its password, or give it that password, and the databases that are missing.

    Args:
        admin_url: A database of the server, as a role that may make roles and databases.
        passwords: One for each role.
    """
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for role, password in passwords.items():
            is_known = connection.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone()
            connection.execute(
                sql.SQL("{} role {} login password {}").format(
                    sql.SQL("alter" if is_known else "create"), sql.Identifier(role), sql.Literal(password)
                )
            )
        for database, owner in _DATABASES.items():
            if not connection.execute("select 1 from pg_database where datname = %s", (database,)).fetchone():
                connection.execute(
                    sql.SQL("create database {} owner {}").format(sql.Identifier(database), sql.Identifier(owner))
                )
            connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(database)))
