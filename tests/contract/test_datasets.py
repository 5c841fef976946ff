"""What every declared dataset must have; a half-made one is told what it lacks."""

import io
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from psycopg import sql

from flows.adapters import marts
from flows.core.dataset import Context, Dataset
from flows.core.judging import judge
from flows.core.reading import read_batches, read_layout
from flows.core.rules import RECORD_RULES, Rule
from flows.core.sampling import defects
from flows.datasets import datasets
from flows.services.loading import changes_of
from flows.services.proving import figures_that_differ
from flows.services.samples import write_samples
from sql import migrations
from tests.conftest import Place

ALL = [pytest.param(dataset, id=dataset.name) for dataset in datasets().values()]
HELD_FILTERS = [
    pytest.param(dataset, id=dataset.name) for dataset in datasets().values() if dataset.held_filters is not None
]
CELL_RULES = [
    pytest.param(dataset, rule, id=f"{dataset.name}-{rule.code}")
    for dataset in datasets().values()
    for rule in dataset.rules
]


def context(place: Place, dataset: Dataset) -> Context:
    with place.parts.warehouse.transaction() as connection:
        return marts.context(connection, dataset, landed_on=datetime.now(UTC).date(), base_name=dataset.example_name)


def broken_rules(place: Place, dataset: Dataset, cells: dict[str, str]) -> set[str]:
    names = [column.name for column in dataset.columns]
    content = pl.DataFrame([[cells[name] for name in names]], schema=names, orient="row").write_csv().encode()
    layout = read_layout(content, "utf-8", dataset)
    (batch,) = read_batches(io.BytesIO(content), layout, dataset)
    return set(judge(batch, dataset, context(place, dataset)).findings["rule"])


@pytest.mark.parametrize("dataset", ALL)
def test_its_example_row_breaks_no_rule(place: Place, dataset: Dataset) -> None:
    assert broken_rules(place, dataset, dict(dataset.example)) == set()


@pytest.mark.parametrize(("dataset", "rule"), CELL_RULES)
def test_every_rule_is_broken_by_its_own_example(place: Place, dataset: Dataset, rule: Rule) -> None:
    assert rule.breaks, f"{rule.code} has no example that breaks it"
    assert broken_rules(place, dataset, {**dataset.example, **rule.breaks}) == {rule.code}


@pytest.mark.parametrize("dataset", ALL)
def test_its_rules_have_codes_of_their_own_and_tell_what_should_hold(dataset: Dataset) -> None:
    codes = [rule.code for rule in dataset.all_rules]

    assert len(codes) == len(set(codes))
    assert all(rule.sentence.endswith(".") and rule.message for rule in dataset.all_rules)
    assert all(rule.holds is not None for rule in dataset.rules)
    assert dataset.all_rules[: len(RECORD_RULES)] == RECORD_RULES


@pytest.mark.parametrize("dataset", ALL)
def test_its_key_has_a_rule_for_duplicates(dataset: Dataset) -> None:
    assert bool(dataset.key) == (dataset.duplicate_rule is not None)
    assert set(dataset.key) <= set(dataset.value_columns)


@pytest.mark.parametrize("dataset", ALL)
def test_its_mart_has_the_declared_columns_types_and_comments(place: Place, dataset: Dataset) -> None:
    types = {column.mart_name: column.kind.postgres_type for column in dataset.columns}
    types |= {column.name: column.postgres_type for column in dataset.derived}
    found = place.rows(
        """
        select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
            col_description(a.attrelid, a.attnum) as told
        from pg_attribute as a
        where a.attrelid = %(mart)s::regclass and a.attnum > 0 and not a.attisdropped
        """,
        mart=f"{dataset.name}.{dataset.mart_table}",
    )

    assert set(dataset.mart_columns) <= {row["name"] for row in found}
    assert {row["name"]: row["type"] for row in found if row["name"] in types} == types
    assert [row["name"] for row in found if not row["told"]] == []


@pytest.mark.parametrize("dataset", ALL)
def test_its_views_answer_with_the_columns_that_they_draw(place: Place, dataset: Dataset) -> None:
    assert dataset.views, f"{dataset.name} declares no view"
    for view in dataset.views:
        columns = {
            row["column_name"]
            for row in place.rows(
                "select column_name from information_schema.columns where table_schema = %(s)s and table_name = %(t)s",
                s=dataset.name,
                t=view.relation,
            )
        }
        assert {name for name in (view.x, view.y) if name} <= columns, view.relation


@pytest.mark.parametrize("dataset", HELD_FILTERS)
def test_its_held_rows_have_what_people_filter_by(place: Place, dataset: Dataset) -> None:
    declared = dataset.held_filters
    assert declared is not None
    place.rows(f"select * from {dataset.name}.loaded_among(array['none'])")
    columns = ("exception_id", "is_open", declared.key, declared.amount, *(one.name for one in declared.columns))
    assert place.rows(f"select {', '.join(columns)} from {dataset.name}.held_rows") == []


@pytest.mark.parametrize("dataset", ALL)
def test_its_sample_has_every_defect_and_loads(place: Place, tmp_path: Path, dataset: Dataset) -> None:
    today = datetime.now(UTC).date()
    paths = write_samples(dataset, tmp_path, rows=400, seed=7, today=today, share=0.3)

    for path in paths:
        outcome = place.drop(path.read_bytes(), path.name, dataset.name).outcome
        assert (outcome.state, outcome.rows_read) == ("COMPLETED", 400)

    failed = {row["rule"] for row in place.rows("select distinct rule from platform.run_rule where failed > 0")}
    expected = set(defects(dataset)) & {rule.code for rule in dataset.all_rules}
    assert failed >= expected
    assert place.one("select count(*) from platform.run") == len(paths)


@pytest.mark.parametrize("dataset", ALL)
def test_equal_seeds_give_equal_samples(tmp_path: Path, dataset: Dataset) -> None:
    today = datetime.now(UTC).date()
    first, again, other = (
        write_samples(dataset, tmp_path / name, rows=50, seed=seed, today=today)[0].read_bytes()
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )

    assert first == again != other


@pytest.mark.parametrize("dataset", ALL)
def test_its_aggregates_are_the_sum_of_its_rows(place: Place, tmp_path: Path, dataset: Dataset) -> None:
    today = datetime.now(UTC).date()
    for path in write_samples(dataset, tmp_path, rows=300, seed=3, today=today):
        place.drop(path.read_bytes(), path.name, dataset.name)

    for aggregate in dataset.aggregates:
        groups, measures = ", ".join(aggregate.group_by), list(aggregate.measures)
        total = place.rows(
            f"select {', '.join(f'sum({name}) as {name}' for name in measures)} from {dataset.name}.{aggregate.table}"
        )[0]
        rows = pl.DataFrame(place.rows(f"select * from {dataset.name}.{dataset.mart_table}"), infer_schema_length=None)
        again = (
            changes_of(dataset, rows)[dataset.aggregates.index(aggregate)]
            .select(pl.col(*measures).sum())
            .row(0, named=True)
        )
        assert groups
        assert {name: int(value * 100) for name, value in total.items()} == {
            name: int(value * 100) for name, value in again.items()
        }


@pytest.mark.parametrize("dataset", ALL)
def test_its_mart_is_under_the_law(place: Place, dataset: Dataset) -> None:
    triggers = place.rows(
        "select tgname from pg_trigger where tgrelid = %(mart)s::regclass", mart=f"{dataset.name}.{dataset.mart_table}"
    )

    assert {"law_insert", "law_update", "law_delete", "law_truncate"} <= {row["tgname"] for row in triggers}


def test_every_relation_column_and_function_of_ours_is_documented(place: Place) -> None:
    owners = sorted({migration.owner for migration in migrations()})
    undocumented = place.rows(
        """
        select n.nspname || '.' || c.relname || coalesce('.' || a.attname, '') as name
        from pg_class as c
        inner join pg_namespace as n on n.oid = c.relnamespace
        left join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and c.relkind = 'r'
        where n.nspname = any(%(owners)s) and c.relkind in ('r', 'v')
            and (obj_description(c.oid, 'pg_class') is null
                or c.relkind = 'r' and col_description(c.oid, a.attnum) is null)
        """,
        owners=owners,
    )

    assert [row["name"] for row in undocumented] == []


@pytest.mark.parametrize("dataset", ALL)
def test_its_figures_are_compared_with_its_rows_and_mended(place: Place, dataset: Dataset) -> None:
    folder = place.folder / "figures"
    folder.mkdir()
    for path in write_samples(dataset, folder, rows=200, seed=5, today=datetime.now(UTC).date()):
        place.drop(path.read_bytes(), path.name, dataset.name)
    assert figures_that_differ(place.parts.warehouse, dataset) == []
    table = sql.Identifier(dataset.name, dataset.aggregates[0].table)
    measure = sql.Identifier(next(iter(dataset.aggregates[0].measures)))
    run_id = place.one("select run_id from platform.run where state = 'COMPLETED' order by started_at desc limit 1")

    with place.parts.warehouse.transaction() as connection:
        connection.execute(
            sql.SQL("update {} set {} = {} + 1 where run_id = %s").format(table, measure, measure), (run_id,)
        )
    assert figures_that_differ(place.parts.warehouse, dataset) != []
    with place.parts.warehouse.transaction() as connection:
        marts.mend_figures(connection, dataset, run_id)

    assert figures_that_differ(place.parts.warehouse, dataset) == []
