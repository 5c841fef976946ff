"""Brings the database to the state that the installed code expects."""

from flows.adapters.warehouse import Connection, Warehouse
from flows.core.dataset import Dataset
from flows.core.errors import MistakeError
from flows.core.states import TRANSITIONS
from sql import Migration, grants, migrations

_TABLE = """
create schema if not exists platform;
create table if not exists platform.migration (
    owner text not null,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now(),
    primary key (owner, name)
);
comment on table platform.migration is 'The migrations that were applied.';
comment on column platform.migration.owner is 'platform or a dataset.';
comment on column platform.migration.name is 'File name without its extension.';
comment on column platform.migration.checksum is 'SHA-256 of its text.';
comment on column platform.migration.applied_at is 'When it was applied (UTC).';
"""


def migrate(warehouse: Warehouse, datasets: dict[str, Dataset]) -> tuple[str, ...]:
    """Apply what is missing, in one transaction, and write the declared datasets, rules and grants.

    Returns:
        What was applied.

    Raises:
        MistakeError: A migration was changed after it was applied.
    """
    with warehouse.transaction() as connection:
        connection.execute("select pg_advisory_xact_lock(hashtext('quayside.migrate'))")
        connection.execute(_TABLE)
        applied = {
            (row["owner"], row["name"]): row["checksum"]
            for row in connection.execute("select owner, name, checksum from platform.migration")
        }
        missing = [one for one in migrations() if not _is_applied(one, applied)]
        for migration in missing:
            connection.execute(migration.statements.encode())
            connection.execute(
                "insert into platform.migration (owner, name, checksum) values (%s, %s, %s)",
                (migration.owner, migration.name, migration.checksum),
            )
        for dataset in datasets.values():
            _declare(connection, dataset)
        _declare_states(connection)
        for statements in grants():
            connection.execute(statements.encode())
    return tuple(f"{migration.owner}/{migration.name}" for migration in missing)


def _is_applied(migration: Migration, applied: dict[tuple[str, str], str]) -> bool:
    checksum = applied.get((migration.owner, migration.name))
    if checksum not in (None, migration.checksum):
        raise MistakeError(
            f"the migration {migration.owner}/{migration.name} was changed after it was applied; "
            "restore its text and put the change into a new migration"
        )
    return checksum is not None


def _declare_states(connection: Connection) -> None:
    connection.execute("delete from platform.state_transition")
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into platform.state_transition (thing, state_before, state_after, happens_when)
            values (%s, %s, %s, %s)
            """,
            [(one.thing, one.before, one.after, one.when) for one in TRANSITIONS],
        )


def _declare(connection: Connection, dataset: Dataset) -> None:
    connection.execute(
        """
        insert into platform.dataset (name, title, mart_table, new_version, rule_fingerprint)
        values (%(name)s, %(title)s, %(mart_table)s, %(new_version)s, %(rule_fingerprint)s)
        on conflict (name) do update set title = excluded.title, mart_table = excluded.mart_table,
            new_version = excluded.new_version, rule_fingerprint = excluded.rule_fingerprint
        """,
        {
            "name": dataset.name,
            "title": dataset.title,
            "mart_table": dataset.mart_table,
            "new_version": dataset.new_version,
            "rule_fingerprint": dataset.rule_fingerprint,
        },
    )
    connection.execute("delete from platform.rule where dataset = %s", (dataset.name,))
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into platform.rule
                (dataset, code, category, severity, may_be_waived, column_name, sentence, position)
            values (%s, %s, %s, %s, %s, %s, %s, %s)
            """,
            [
                (
                    dataset.name,
                    rule.code,
                    rule.category,
                    rule.severity,
                    rule.may_be_waived,
                    rule.column,
                    rule.sentence,
                    position,
                )
                for position, rule in enumerate(dataset.all_rules, 1)
            ],
        )
