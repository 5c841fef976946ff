"""A chart is drawn on a thread of its own and leaves the documents of all sessions alone."""

from datetime import date, timedelta

import panel as pn
from bokeh.document import Document
from bokeh.io.doc import patch_curdoc
from bokeh.models import ColumnDataSource

from dashboard.charts.bar import Bars
from dashboard.charts.line import Line


def test_drawing_a_chart_touches_no_sessions_document() -> None:
    somebody_elses = Document()
    theme = somebody_elses.theme
    with patch_curdoc(somebody_elses):
        bars = Bars()
        bars.show([{"region": "North", "orders": 1}], x="region", y="orders", unit="orders", label="Orders")
    assert somebody_elses.theme is theme
    assert len(bars.view) == 1


def test_a_day_at_the_end_of_time_hides_no_other_day() -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(0, 20, 2)]
    line = Line()
    line.show(
        [{"day": day, "orders": 1} for day in (*days, date(9999, 12, 31))],
        x="day",
        y="orders",
        unit="orders",
        label="Orders",
    )
    (source,) = line.view.select(lambda one: isinstance(one, pn.pane.Bokeh))[0].object.select(
        {"type": ColumnDataSource}
    )
    assert len(source.data["at"]) == 19
