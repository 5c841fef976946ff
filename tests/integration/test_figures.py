"""The figures page draws what a dataset declares; a third dataset needs no code of the dashboard."""

import dataclasses
from typing import Any, cast

from dashboard.auth import Visitor
from dashboard.browser import Browser
from dashboard.pages.figures import Figures
from dashboard.store import figures
from dashboard.visit import Visit
from flows.core.views import View
from flows.services.accounts import Role
from tests.conftest import Place

ORDERS = "order_id,order_date,region,product,quantity,revenue\n1,2026-01-01,North,Milk 1L,1,100\n"
VIEWS = (
    View(question="What was harvested?", relation="whole", chart="figure", x="", y="tonnes", unit="t"),
    View(question="Which fields?", relation="by_field", chart="bar", x="field", y="tonnes", unit="t"),
    View(question="Which days?", relation="by_day", chart="line", x="cut_on", y="tonnes", unit="t"),
    View(question="Row by row?", relation="by_field", chart="table", x="field", y="tonnes", unit="t"),
)


def shown(place: Place) -> Any:  # Any: the parts of the page
    visit = Visit(place.parts, Visitor(actor=place.sign_in("viewer"), role=Role.VIEWER), Browser())
    page = Figures(visit)
    page.view()
    return page


def test_every_view_of_every_dataset_is_answered(place: Place) -> None:
    place.drop(ORDERS)
    for dataset in place.parts.datasets.values():
        for view in dataset.views:
            assert figures.answer(place.parts.warehouse, dataset.name, view).left_out == 0
    assert shown(place)._chosen().name in place.parts.datasets


def test_a_third_dataset_is_drawn_from_its_declaration(place: Place) -> None:
    with place.parts.warehouse.transaction() as connection:
        connection.execute("create schema harvest")
        connection.execute(
            "create view harvest.by_field as select * from (values ('East', 2.5), ('West', 4.0)) as v (field, tonnes)"
        )
        connection.execute("create view harvest.whole as select sum(tonnes) as tonnes from harvest.by_field")
        connection.execute(
            "create view harvest.by_day as select * from (values (date '2026-01-01', 6.5)) as v (cut_on, tonnes)"
        )
    third = dataclasses.replace(place.parts.datasets["sales_orders"], name="harvest", title="Harvest", views=VIEWS)
    parts = dataclasses.replace(place.parts, datasets={**place.parts.datasets, "harvest": third})
    page = shown(Place(cast(Any, parts), place.folder))
    assert page._chosen().name == "harvest"
    figure, *_ = page._tiles.values()
    assert "What was harvested?" in figure.view[0].object
    assert "6.50" in figure.view[0].object
    assert [view.question for view in page._shown] == [view.question for view in VIEWS]
    assert figures.answer(place.parts.warehouse, "harvest", VIEWS[1]).rows[0]["field"] == "West"
