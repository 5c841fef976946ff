"""Missing cells of each column: by its rule where there is one, else counted; a replay finds what was changed."""

from flows.services.comparing import replay
from tests.conftest import Place
from tests.integration.test_corrections import NAME
from tests.integration.test_repairs import GOOD, HEADER

TELCO = "commercial_name,package_name,price,benefit_detail\nF,Small,10000,\n,Large,,N/A\n"
MORE = "A8,2026-01-31,South,Milk 1L,2,10\nA9,2026-01-31,,Milk 1L,2,10\n"
ROWS = "A1,2026-01-31,,Milk 1L,1,5\nA2,2026-01-31,South,Milk 1L,,10\nA3,2026-01-31,,Milk 1L,1,5,6\n"


def told(place: Place) -> dict[str, tuple[int, int, str]]:
    rows = place.rows("select column_name, tested, missing, source from platform.run_missing")
    return {row["column_name"]: (row["tested"], row["missing"], row["source"]) for row in rows}


def test_a_column_with_a_rule_is_told_by_its_rule(place: Place) -> None:
    place.drop(HEADER + ROWS)

    assert told(place)["region"] == (2, 1, "rule")
    assert told(place)["quantity"] == (2, 1, "rule")
    assert told(place)["order_id"] == (2, 0, "rule")


def test_other_columns_are_counted_while_their_rows_are_judged(place: Place) -> None:
    place.drop(TELCO, NAME, "telco_packages")

    found = told(place)

    assert found["price"] == (2, 1, "rule")
    assert found["commercial_name"] == (2, 1, "count")
    assert found["benefit_detail"] == (2, 2, "count")


def test_a_replay_compares_the_missing_cells(place: Place) -> None:
    loaded = place.drop(HEADER + GOOD + MORE)
    parts, editor = place.parts, place.sign_in("editor")

    def differences() -> list[str]:
        folder = parts.settings.scratch_folder
        result = replay(parts.warehouse, parts.store, editor, parts.datasets, loaded.run_id, folder)
        return [one.what for one in result.differences]

    assert differences() == []
    with parts.warehouse.transaction() as connection:
        connection.execute("update platform.run_column set missing = 9 where column_name = 'region'")
    assert differences() == ["missing cells of region"]
