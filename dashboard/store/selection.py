"""Which rows of a mart a person chose, and in which order; the same for what is shown and what is exported."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from psycopg import sql

from flows.core.dataset import Dataset, Subset
from flows.core.errors import MistakeError
from flows.core.kinds import Choice
from sql import query

RANGE = ".."
ANY_OF = "~"
ANYTHING = "*"
MISSING = "(none)"
"""How a filter names cells without a value."""
LINEAGE_FILTERS = ("run_id",)
"""Columns that links may filter by although nobody sees them."""
ONLY = "only"
"""The filter by subsets that a dataset declares, all of which must hold."""
_PATTERN = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_", ANYTHING: "%"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which rows, in which order.

    Attributes:
        filters: By mart column: a value, several with `~` between them, a pattern with `*`, `(none)`; numbers and
            days also as a range `from..to` with either end left out. Under `only`: subsets with `~` between them.
        search: Text that stands in one of the text columns.
        sort: A column; with a leading `-` from the last to the first.
    """

    dataset: Dataset
    filters: Mapping[str, str] = field(default_factory=dict)
    search: str = ""
    sort: str = ""

    @property
    def is_last_first(self) -> bool:
        """Whether the order is from the last to the first."""
        return self.sort.startswith("-")

    @property
    def order(self) -> tuple[str, ...]:
        """Columns by which rows are ordered, the last ones so that every row has one place only.

        Raises:
            MistakeError: There is no such column.
        """
        name = self.sort.removeprefix("-")
        if name and name not in shown_columns(self.dataset):
            raise MistakeError(f"{self.dataset.title} has no column {name!r} to sort by")
        key = self.dataset.key or ("run_id", "line")
        return (*((name,) if name and name not in key else ()), *key)

    @property
    def may_be_rare(self) -> bool:
        """Whether few rows may fit although no index leads to them."""
        return bool(self.search) or any(name not in self.dataset.sortable for name in self.filters)

    @property
    def asked(self) -> dict[str, str]:
        """The selection as it stands in an address."""
        told = {**self.filters, "q": self.search, "sort": self.sort}
        return {name: value for name, value in told.items() if value}


def shown_columns(dataset: Dataset) -> tuple[str, ...]:
    """Return the columns that people see."""
    return (*dataset.value_columns, *(column.name for column in dataset.derived))


def filter_columns(dataset: Dataset) -> tuple[str, ...]:
    """Return the names that a selection may filter by: columns, and `only` where there are subsets."""
    return (*shown_columns(dataset), *LINEAGE_FILTERS, *((ONLY,) if dataset.subsets else ()))


def subsets_of(dataset: Dataset, told: str) -> list[Subset]:
    """Return the subsets that a filter names.

    Raises:
        MistakeError: There is none of that name.
    """
    known = {subset.name: subset for subset in dataset.subsets}
    unknown = [name for name in told.split(ANY_OF) if name not in known]
    if unknown:
        raise MistakeError(f"{dataset.title} has no rows called {unknown[0]!r}, only {', '.join(known)}")
    return [known[name] for name in told.split(ANY_OF)]


def conditions(chosen: Selection) -> sql.Composed:
    """Return the conditions of a selection, as they follow `where`; values are literals of the driver.

    Raises:
        MistakeError: It names no column.
    """
    return sql.SQL(" and ").join(_conditions(chosen))


def ordered(chosen: Selection) -> sql.Composed:
    """Return conditions and order, as they follow the name of the table.

    Raises:
        MistakeError: It names no column.
    """
    return sql.SQL("where {} order by {}").format(conditions(chosen), order_by(chosen, chosen.is_last_first))


def order_by(chosen: Selection, is_last_first: bool) -> sql.Composed:
    """Return the columns of the order, each with its direction."""
    direction = sql.SQL("desc" if is_last_first else "asc")
    return sql.SQL(", ").join(sql.SQL("{} {}").format(sql.Identifier(name), direction) for name in chosen.order)


def table_of(dataset: Dataset) -> sql.Identifier:
    """Return the mart of a dataset."""
    return sql.Identifier(dataset.name, dataset.mart_table)


def _conditions(chosen: Selection) -> Iterator[sql.Composable]:
    dataset = chosen.dataset
    yield sql.SQL("replaced_by_run is null" if dataset.new_version == "replace" else "true")
    for name, told in chosen.filters.items():
        if name not in filter_columns(dataset):
            raise MistakeError(f"{dataset.title} has no column {name!r} to filter by")
        if told and name == ONLY:
            yield from (_is_in(dataset, subset) for subset in subsets_of(dataset, told))
        elif told:
            is_prefix = name in dataset.sortable and told.find(ANYTHING) == len(told) - 1 > 0
            yield _begins(name, told) if is_prefix else _matches(dataset, name, told)
    if chosen.search:
        yield _contains(dataset, chosen.search)


def _is_in(dataset: Dataset, subset: Subset) -> sql.Composable:
    return sql.SQL("({}\n)").format(sql.SQL(query(dataset.name, subset.condition)))


def _begins(name: str, told: str) -> sql.Composable:
    """Return whether a text begins so, as an index finds it: upper and lower case differ."""
    return sql.SQL("{} like {}").format(sql.Identifier(name), sql.Literal(told.translate(_PATTERN)))


def _matches(dataset: Dataset, name: str, told: str) -> sql.Composable:
    column, kind = sql.Identifier(name), dataset.postgres_types[name]
    if told == MISSING:
        return sql.SQL("{} is null").format(column)
    if kind in ("text", "json"):
        return _any_of_texts(column if kind == "text" else sql.SQL("{}::text").format(column), told)
    cast = sql.SQL(kind)  # from the declaration
    first, is_range, last = told.partition(RANGE)
    if not is_range:
        values = sql.SQL(", ").join(sql.SQL("{}::{}").format(sql.Literal(one), cast) for one in told.split(ANY_OF))
        return sql.SQL("{} in ({})").format(column, values)
    ends: list[sql.Composable] = [
        sql.SQL("{} {} {}::{}").format(column, sql.SQL(sign), sql.Literal(end), cast)
        for sign, end in ((">=", first), ("<=", last))
        if end
    ]
    return sql.SQL("({})").format(sql.SQL(" and ").join(ends or [sql.SQL("true")]))


def _any_of_texts(column: sql.Composable, told: str) -> sql.Composable:
    """Return a condition that is true for the text as it stands, and for each of several, which may be patterns."""
    ways = dict.fromkeys((told, *told.split(ANY_OF)))
    exact = [one for one in ways if ANYTHING not in one or one == told]
    patterns = [one.translate(_PATTERN) for one in ways if ANYTHING in one]
    found: list[sql.Composable] = [sql.SQL("{} in ({})").format(column, sql.SQL(", ").join(map(sql.Literal, exact)))]
    found += [sql.SQL("{} ilike {}").format(column, sql.Literal(one)) for one in patterns]
    return sql.SQL("({})").format(sql.SQL(" or ").join(found))


def _contains(dataset: Dataset, text: str) -> sql.Composable:
    """Return whether a text column has the text in it; of closed sets the values are chosen here, not in every row."""
    folded = text.lower()
    closed = {one.mart_name: one.kind.values for one in dataset.columns if isinstance(one.kind, Choice)}
    found: list[sql.Composable] = []
    for name in shown_columns(dataset):
        column = sql.Identifier(name)
        if name in closed:
            values = [value for value in closed[name] if folded in value.lower()]
            if values:
                found.append(sql.SQL("{} in ({})").format(column, sql.SQL(", ").join(map(sql.Literal, values))))
        elif dataset.postgres_types[name] == "text":
            found.append(sql.SQL("strpos(lower({}), {}) > 0").format(column, sql.Literal(folded)))
    return sql.SQL("({})").format(sql.SQL(" or ").join(found))
