"""A chart is drawn on a thread of its own and leaves the documents of all sessions alone."""

from bokeh.document import Document
from bokeh.io.doc import patch_curdoc

from dashboard.charts.bar import Bars


def test_drawing_a_chart_touches_no_sessions_document() -> None:
    somebody_elses = Document()
    theme = somebody_elses.theme
    with patch_curdoc(somebody_elses):
        bars = Bars()
        bars.show([{"region": "North", "orders": 1}], x="region", y="orders", unit="orders", label="Orders")
    assert somebody_elses.theme is theme
    assert len(bars.view) == 1
