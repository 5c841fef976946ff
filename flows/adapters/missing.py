"""Missing cells of each column of a run, as they were counted while its rows were judged."""

from collections.abc import Mapping
from uuid import UUID

from flows.adapters.warehouse import Connection
from flows.core.judging import Tally


def write_missing(connection: Connection, run_id: UUID, missing: Mapping[str, Tally]) -> None:
    """Write how many cells of each column are missing, over what was written before."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into platform.run_column (run_id, column_name, tested, missing) values (%s, %s, %s, %s)
            on conflict (run_id, column_name) do update set tested = excluded.tested, missing = excluded.missing
            """,
            [(run_id, name, tally.tested, tally.failed) for name, tally in missing.items()],
        )


def missing_of(connection: Connection, run_id: UUID) -> dict[str, Tally]:
    """Return what was written, by column."""
    rows = connection.execute(
        "select column_name, tested, missing from platform.run_column where run_id = %s", (run_id,)
    )
    return {row["column_name"]: Tally(tested=row["tested"], failed=row["missing"]) for row in rows}
