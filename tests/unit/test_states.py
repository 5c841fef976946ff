"""The page about states says what the code declares and what the database allows."""

import re
from enum import StrEnum
from pathlib import Path

import psycopg
import pytest

from flows.core.states import TRANSITIONS, ExceptionState, FileState, RunState
from tests.conftest import Place

PAGE = (Path(__file__).parents[2] / "flows" / "states.md").read_text()
STATES: dict[str, type[StrEnum]] = {"file": FileState, "run": RunState, "exception": ExceptionState}


def section(thing: str) -> str:
    (found,) = (part for part in PAGE.split("\n## ") if part.split("\n")[0].lower().endswith(f" {thing}"))
    return found


@pytest.mark.parametrize("thing", STATES)
def test_the_page_tells_every_state(thing: str) -> None:
    told = re.findall(r"^\| ([A-Z_]+) \| [^|]+ \|$", section(thing), re.MULTILINE)

    assert told == list(STATES[thing])


@pytest.mark.parametrize("thing", STATES)
def test_the_page_tells_every_way_with_its_reason(thing: str) -> None:
    told = re.findall(r"^\| ([A-Z_]+) \| ([A-Z_]+) \| ([^|]+) \|$", section(thing), re.MULTILINE)

    assert told == [(one.before, one.after, one.when) for one in TRANSITIONS if one.thing == thing]


@pytest.mark.parametrize("thing", STATES)
def test_the_diagram_shows_every_way(thing: str) -> None:
    told = re.findall(r"^    ([A-Z_]+) --> ([A-Z_]+)$", section(thing), re.MULTILINE)

    assert told == [(one.before, one.after) for one in TRANSITIONS if one.thing == thing]


@pytest.mark.parametrize("thing", STATES)
def test_the_database_knows_the_same_states(place: Place, thing: str) -> None:
    (rule,) = (
        row["rule"]
        for row in place.rows(
            """
            select pg_get_constraintdef(oid) as rule from pg_constraint
            where conrelid = %(table)s::regclass and contype = 'c' and conname = %(name)s
            """,
            table=f"platform.{thing}",
            name=f"{thing}_state_check",
        )
    )
    assert set(re.findall(r"'([A-Z_]+)'", rule)) == set(STATES[thing])


def test_the_database_refuses_every_other_way(place: Place) -> None:
    place.drop("order_id,order_date,region,product,quantity,revenue\nA1,2026-01-31,North,Milk 1L,1,5\n")

    for table, state in (("file", "LANDED"), ("run", "RUNNING")):
        with (
            pytest.raises(psycopg.errors.IntegrityConstraintViolation, match=f"no {table} goes from COMPLETED"),
            place.parts.warehouse.transaction() as connection,
        ):
            connection.execute(f"update platform.{table} set state = '{state}'".encode())
