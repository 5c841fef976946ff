"""Reports for downstream systems: one query of a dataset over one batch, sent as CSV."""

from psycopg import sql

from flows.adapters.warehouse import Warehouse
from flows.core.dataset import Dataset, Report
from flows.core.errors import MistakeError
from flows.services import exporting
from flows.services.accounts import SignedIn
from flows.services.exporting import Send
from sql import query

_TEXT_OID = 25


def report_of(dataset: Dataset, name: str) -> Report:
    """Return a report of a dataset.

    Raises:
        MistakeError: There is no such report.
    """
    for report in dataset.reports:
        if report.name == name:
            return report
    known = ", ".join(report.name for report in dataset.reports) or "none"
    raise MistakeError(f"{dataset.title} has no report {name!r}; there is: {known}")


def file_name(report: Report, batch: str) -> str:
    """Return how the file of a report is called: `reporting_telkom_251126_7.csv`."""
    return f"{report.name}_{batch.removeprefix('batch_')}.csv"


def send_report(warehouse: Warehouse, actor: SignedIn, dataset: Dataset, report: Report, batch: str, to: Send) -> int:
    """Send a report of a batch as CSV, block by block, its texts safe for spreadsheets; return its number of rows.

    Raises:
        RefusedError: Nobody is signed in.
        MistakeError: There is no such batch.
    """
    if not warehouse.rows("select 1 from platform.batch where batch = %(batch)s", batch=batch):
        raise MistakeError(f"there is no batch {batch!r}; see `quayside status`")
    statement = query(dataset.name, report.query).replace("%(batch)s", "{batch}").replace("%%", "%")
    told = sql.SQL(statement).format(batch=sql.Literal(batch))
    chosen = sql.SQL("select {} from ({}) as told").format(sql.SQL(", ").join(_safe_columns(warehouse, told)), told)
    return exporting.send(warehouse, actor, chosen, to, exported=f"{report.name} of {batch}")


def _safe_columns(warehouse: Warehouse, told: sql.Composed) -> list[sql.Composable]:
    with warehouse.transaction() as connection:
        described = connection.execute(sql.SQL("select * from ({}) as told limit 0").format(told)).description or ()
    columns = [(sql.Identifier(one.name), one.type_code == _TEXT_OID) for one in described]
    return [sql.SQL("{} as {}").format(exporting.safe(name), name) if is_text else name for name, is_text in columns]
