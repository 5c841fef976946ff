"""A figure is drawn once, on a thread of its own, and leaves the documents of all sessions alone."""

import json
from datetime import date, timedelta

import pytest
from bokeh.document import Document
from bokeh.io.doc import patch_curdoc

from dashboard.charts.bar import EDGES_PX, bars
from dashboard.charts.line import line
from dashboard.charts.picture import Picture
from dashboard.charts.shares import shares
from dashboard.charts.spark import WIDTH, spark
from dashboard.charts.template import QUIET


def _bars(regions: int = 1, at_least_px: int = 0) -> Picture:
    rows = [{"region": f"Region {number}", "orders": number} for number in range(regions)]
    return bars(rows, x="region", y="orders", unit="orders", label="Orders", at_least_px=at_least_px)


def test_drawing_a_figure_touches_no_sessions_document() -> None:
    somebody_elses = Document()
    theme = somebody_elses.theme
    with patch_curdoc(somebody_elses):
        picture = _bars()
    assert somebody_elses.theme is theme
    assert somebody_elses.roots == []
    assert picture.figure is _bars(3).figure


def test_a_figure_has_the_columns_and_the_names_that_its_numbers_need() -> None:
    picture = _bars(2)
    figure = json.loads(picture.figure)
    names = set(_names(figure))
    assert {*picture.changes, "figure", "source", "x axis", "y axis"} <= names
    (columns,) = _columns(figure)
    assert columns == set(picture.columns)
    assert {len(values) for values in picture.columns.values()} == {2}


def test_a_figure_never_shrinks_under_the_person_who_looks_at_it() -> None:
    before = _bars(9).height_px
    assert before > _bars(2).height_px > EDGES_PX
    assert _bars(2, at_least_px=before).height_px == before


def test_a_day_at_the_end_of_time_hides_no_other_day() -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(0, 20, 2)]
    picture = line(
        [{"day": day, "orders": 1} for day in (*days, date(9999, 12, 31))],
        x="day",
        y="orders",
        unit="orders",
        label="Orders",
    )
    assert picture.columns["amount"] == [1.0, 0.0] * 9 + [1.0]


def test_a_mean_of_seven_days_stands_beside_many_days_only() -> None:
    days = [{"day": date(2026, 1, 1) + timedelta(days=number), "orders": number} for number in range(60)]
    few, many = (
        line(some, x="day", y="orders", unit="orders", label="Orders").columns["mean"] for some in (days[:59], days)
    )
    assert set(few) == {None}
    assert [many[0], many[1], many[59]] == [0, 0.5, 56]


def test_a_share_that_is_missing_is_a_gap() -> None:
    rows = [{"started_on": date(2026, 1, day), "share": share} for day, share in ((1, 0.5), (2, None))]
    picture = shares(rows, {"Share": "share"}, by="day", label="Share", target=0.9)
    assert picture.columns["y0"] == [0.5, None]
    assert picture.changes["y"]["start"] == pytest.approx(0.452)
    assert picture.changes["y"]["end"] == pytest.approx(0.948)


def _names(told: object) -> list[str]:
    """Return the names of all models of a document."""
    if isinstance(told, dict):
        own = told.get("attributes", {}).get("name") if told.get("type") == "object" else None
        return [*([own] if own else []), *(name for value in told.values() for name in _names(value))]
    return [name for one in told for name in _names(one)] if isinstance(told, list) else []


def _columns(told: object) -> list[set[str]]:
    """Return the columns of all sources of a document."""
    if isinstance(told, dict):
        if told.get("name") == "ColumnDataSource":
            return [{name for name, _ in told["attributes"]["data"]["entries"]}]
        return [one for value in told.values() for one in _columns(value)]
    return [columns for one in told for columns in _columns(one)] if isinstance(told, list) else []


def test_a_sparkline_runs_straight_on_where_a_value_is_missing() -> None:
    told = spark([1, None, 3], "Orders by day")
    assert 'aria-label="Orders by day"' in told
    assert f'<polyline points="0.0,31.0 {WIDTH}.0,3.0"' in told
    assert spark([1, None], "Orders by day") == ""


def test_an_amount_stands_in_a_long_bar_and_beside_a_short_or_faded_one_in_the_colour_of_quiet_texts() -> None:
    rows = [{"region": name, "orders": number} for name, number in (("North", 1), ("South", 9), ("West", 10))]
    picture = bars(rows, x="region", y="orders", unit="orders", label="Orders", chosen="West")
    assert picture.columns["inside"] == ["", "", "10"]
    assert picture.columns["beside"] == ["1", "9", ""]
    assert QUIET in set(_names(json.loads(picture.figure)))
