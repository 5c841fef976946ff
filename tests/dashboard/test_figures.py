"""The page of figures in a browser: every dataset's own views, one after the other."""

from playwright.sync_api import Page, expect

from tests.dashboard.conftest import Dashboard

ORDERS = (
    "order_id,order_date,region,product,quantity,revenue\n"
    "A1,2026-01-01,North,Milk 1L,1,100\nA2,2026-01-02,South,Milk 1L,2,250\n"
)
PACKAGES = "package_name,package_description,price,validity\nSmall,10 GB,10000,1\nBig,20 GB,90000,30\n"


def test_the_figures_of_each_dataset_are_drawn(dashboard: Dashboard, steward: Page) -> None:
    place = dashboard.place
    place.drop(ORDERS)
    place.drop(PACKAGES, "XL_Medan_20260115.csv", "telco_packages")

    steward.goto(f"{dashboard.url}/figures")
    expect(steward.get_by_role("heading", level=1)).to_have_text("Figures")
    for dataset in place.parts.datasets.values():
        steward.goto(f"{dashboard.url}/figures?dataset={dataset.name}")
        for view in dataset.views:
            expect(steward.get_by_text(view.question, exact=True).first).to_be_visible()
        expect(steward.locator(".bk-Figure").first).to_be_visible()
