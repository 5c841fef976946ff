"""The upload page in a browser: dropped and chosen files, what is told of them, and how they go on."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from uuid import uuid4

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Dialog, FilePayload, Locator, Page, Route, expect

from flows.adapters import ledger, liveness
from flows.adapters.ledger import ClaimedFile
from flows.services import asking, loading, publishing, running
from tests.conftest import Place
from tests.dashboard.conftest import Dashboard
from tests.dashboard.test_accessibility import SERIOUS
from tests.dashboard.test_upload import GOOD, announce, eventually, payload

HEADER = "order_id,order_date,region,product,quantity,revenue\n"
PACKAGES = b"operator_name,package_name,price,data_gb\nTelkomsel,Small,10000,1\n"
FEW = HEADER + (
    "A1,2026-01-31,North,Milk 1L,1,5\nA2,2026-02-02,South,Milk 1L,12,5000.5\nA3,01-02-2026,,Rice,3,\n"
    "A4,2026-02-01,north,n/a,x,7\nA5,2026-02-01\n"
)
THREE = HEADER + "S1,2026-01-31,North,Milk 1L,1,5\nS2,2026-01-31,North,Milk 1L,2,5\nS3,2026-01-31,,Milk 1L,1,5\n"
BAD = HEADER + "B1,never,North,Milk 1L,1,5\n"
STATE_OF_LARGE = "select state from platform.upload where base_name = 'large.csv'"
CELLS = "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
DRAGGED = """(files) => {
  const dragged = new DataTransfer()
  for (const {name, text} of files) { dragged.items.add(new File([text], name, {type: "text/csv"})) }
  return dragged
}"""


def choose(page: Page, *files: FilePayload) -> None:
    """Choose files as by a click."""
    page.locator("input[type=file]").set_input_files(files)


def chosen(page: Page, name: str) -> Locator:
    """Return the card of a chosen file."""
    return page.get_by_role("article", name=name)


def sent(page: Page, name: str) -> Locator:
    """Return a file that is followed."""
    return page.locator(f".file[aria-label='{name}']")


def held_back(page: Page) -> list[Route]:
    """Hold back what the page sends of files; return the requests, as they come."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/upload/file/*", hold)
    return held


def drag(page: Page, events: Sequence[str], files: dict[str, str]) -> None:
    """Do to the drop zone what a browser does while files are dragged over it."""
    dragged = page.evaluate_handle(DRAGGED, [{"name": name, "text": text} for name, text in files.items()])
    for event in events:
        page.locator(".zone").dispatch_event(event, {"dataTransfer": dragged})


def test_dropped_files_get_a_dataset_that_a_person_confirms_or_a_sentence(dashboard: Dashboard, steward: Page) -> None:
    files = {"orders.csv": GOOD.decode(), "lenses.csv": "camera,lens\nx,y\n", "notes.txt": GOOD.decode()}
    steward.goto(f"{dashboard.url}/upload")
    invitation = steward.locator(".zone strong")
    drag(steward, ["dragenter", "dragover"], files)
    expect(invitation).to_have_text("Let go to look into 3 files")
    drag(steward, ["dragleave"], files)
    expect(invitation).to_have_text("Drop CSV files here")
    drag(steward, ["dragenter", "dragover", "drop"], files)
    drag(steward, ["drop"], {})
    expect(invitation).to_have_text("Drop CSV files here")

    orders, lenses, notes = (chosen(steward, name) for name in files)
    expect(orders.get_by_label("Dataset")).to_have_value("sales_orders")
    expect(orders).to_contain_text("guessed from its header and name")
    expect(lenses).to_contain_text("neither its header nor its name fits a dataset: choose one")
    expect(notes).to_contain_text("its name does not end in .csv")
    expect(steward.get_by_text("2 files need you first")).to_be_visible()
    lenses.get_by_label("Dataset").select_option("sales_orders")
    expect(lenses).to_contain_text("the header lacks order_id, order_date")
    send = steward.get_by_role("button", name="Upload 3 files as one batch")
    expect(send).to_be_disabled()


def test_the_preview_holds_exactly_what_a_small_file_says_and_names_the_part_of_a_large_one(
    dashboard: Dashboard, steward: Page
) -> None:
    large = HEADER + "".join(f"A{number:07},2026-01-31,North,Milk 1L,1,5\n" for number in range(1, 50_001))
    steward.goto(f"{dashboard.url}/upload")
    choose(steward, payload("few.csv", FEW.encode()), payload("large.csv", large.encode()))

    few = chosen(steward, "few.csv")
    expect(few.get_by_text("Preview from the whole file: 5 rows")).to_be_visible()
    expect(few.get_by_text("1 record has not as many fields as the header")).to_be_visible()
    columns = few.locator("table.columns tbody tr").evaluate_all(CELLS)
    assert [(name, filled, distinct, held) for name, _, filled, distinct, held in columns] == [
        ("order_id", "100.0 %", "4", "A1 – A4"),
        ("order_date", "100.0 %", "4", "2026-01-31 – 2026-02-02"),
        ("region", "75.0 %", "3", "North – north"),
        ("product", "75.0 %", "2", "Milk 1L – Rice"),
        ("quantity", "100.0 %", "4", "1 – 12"),
        ("revenue", "75.0 %", "3", "5 – 5,000.5"),
    ]
    rows = few.locator("table.rows tbody tr").evaluate_all(CELLS)
    assert rows == [line.split(",") for line in FEW.splitlines()[1:5]]

    part = chosen(steward, "large.csv")
    part.get_by_text("Preview from the first MiB: 27,592 rows of about 49,998").click()
    expect(part.get_by_text("A0000001 – A0027592")).to_be_visible()
    expect(part.get_by_text("Read in this browser, nothing was sent yet")).to_be_visible()
    assert dashboard.place.rows("select 1 from platform.upload") == []


def test_each_step_of_a_file_is_shown_and_told_with_its_rows(dashboard: Dashboard, steward: Page) -> None:
    place, waiting = dashboard.place, held_back(steward)
    steward.goto(f"{dashboard.url}/upload")
    choose(steward, payload("steps.csv", THREE.encode()))
    steward.get_by_role("button", name="Upload 1 file").click()

    file = sent(steward, "steps.csv")
    expect(file).to_have_attribute("data-state", "uploading 0 %")
    batch = place.one("select batch from platform.batch")
    expect(steward.get_by_role("region", name=batch)).to_be_visible()
    seen = [step(file)]
    waiting[0].continue_()
    for state in states_to_the_last_row(place):
        expect(file).to_have_attribute("data-state", state)
        seen.append(step(file))

    assert seen == [
        ("Uploading", "—", "—", "—"),
        ("Picked up", "—", "—", "—"),
        ("Picked up", "—", "—", "—"),
        ("Picked up", "—", "—", "—"),
        ("Validating", "2", "—", "1"),
        ("Loading", "3", "—", "1"),
        ("Loading", "3", "1", "1"),
        ("", "3", "2", "1"),
    ]
    said = steward.get_by_role("log", name="What happens to your files")
    expect(said).to_contain_text(f"1 file is being uploaded as {batch}")
    for sentence in ("waits for a worker", "validating", "loading", "done, 3 rows read, 2 loaded, 1 held"):
        expect(said.get_by_text(f"steps.csv: {sentence}", exact=True)).to_have_count(1)
    expect(file.get_by_role("link", name="Held rows of steps.csv")).to_be_visible()
    file.get_by_role("link", name="Run of steps.csv").click()
    expect(steward.get_by_role("heading", name="steps.csv")).to_be_visible()


def states_to_the_last_row(place: Place) -> Iterator[str]:
    """Bring the only file that landed to its last row, and yield how each state in between is called."""
    warehouse = place.parts.warehouse
    yield "landed, waits for the pickup"
    place.scanner.scan()
    yield "waits for a worker"
    claimed = claim(place)
    yield "picked up"
    load = running.begin(place.parts, claimed, uuid4())
    loading.register(load)
    with warehouse.transaction() as connection:
        load.tell(connection, "stage_started", stage="validate")
    half = {"bytes_total": 100, "bytes_judged": 50, "rows_judged": 2, "rows_held": 1, "rows_written": 0}
    liveness.tell_progress(warehouse, load.run_id, **half)
    yield "validating 50 %"
    loading.validate(load)
    yield "loading"
    loading.exceptions(load)
    loading.transform(load)
    liveness.tell_progress(warehouse, load.run_id, **asdict(load.progress) | {"rows_written": 1})
    yield "loading 50 %"
    publishing.publish(load)
    liveness.forget_progress(warehouse, load.run_id)
    yield "done"


def claim(place: Place) -> ClaimedFile:
    """Claim the only file that waits."""
    (claimed,) = ledger.claim(place.parts.warehouse, limit=9, lease_s=60, max_attempts=5)
    return claimed


def step(file: Locator) -> tuple[str, ...]:
    """Return the step that a file is at, and its rows read, loaded and held."""
    current = file.locator("li[aria-current=step]")
    return "".join(current.all_inner_texts()).strip(), *file.locator(".figure b").all_inner_texts()


def test_a_file_that_does_not_end_well_says_why_in_a_sentence(dashboard: Dashboard, steward: Page) -> None:
    cookie, place = dashboard.cookie("steward"), dashboard.place
    place.drop(GOOD)
    for name, content in (("again.csv", GOOD), ("header.csv", HEADER.encode()), ("bad.csv", BAD.encode())):
        _, begun = announce(dashboard, cookie, name, len(content))
        path = f"/upload/file/{begun['files'][0]['upload_id']}"
        headers = {"Cookie": cookie, "Origin": dashboard.url}
        assert dashboard.http("PUT", path, body=content, headers=headers).status == 200
    place.load_all()
    steward.goto(f"{dashboard.url}/upload")

    for name, state, sentence in (
        ("again.csv", "known already", "the same"),
        ("header.csv", "rejected", "the file has a header but no data row"),
        ("bad.csv", "waits for a review", "a person decides whether the run goes on"),
    ):
        expect(sent(steward, name)).to_have_attribute("data-state", state)
        expect(sent(steward, name).locator(".sentence")).to_contain_text(sentence)


def test_after_a_reload_what_landed_goes_on_and_what_did_not_is_told(dashboard: Dashboard, steward: Page) -> None:
    place, asked = dashboard.place, list[str]()

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    steward.on("dialog", leave)
    steward.goto(f"{dashboard.url}/upload")
    slowly(steward, bytes_per_s=250_000)
    large = GOOD + b"A2,2026-01-31,North,Milk 1L,1,5\n" * 250_000
    choose(steward, payload("landed.csv", GOOD), payload("large.csv", large))
    steward.get_by_role("button", name="Upload 2 files").click()
    expect(sent(steward, "landed.csv")).to_have_attribute("data-state", "landed, waits for the pickup")
    assert eventually(lambda: place.one(STATE_OF_LARGE) == "SENDING")

    steward.reload()
    expect(sent(steward, "landed.csv")).to_have_attribute("data-state", "landed, waits for the pickup")
    expect(sent(steward, "large.csv")).to_have_attribute("data-state", "not finished")
    expect(sent(steward, "large.csv")).to_contain_text("nothing of it landed: its page was closed")
    place.load_all()
    expect(sent(steward, "landed.csv")).to_have_attribute("data-state", "done")
    assert asked == ["beforeunload"]
    assert place.rows("select base_name from platform.file") == [{"base_name": "landed.csv"}]


def slowly(page: Page, *, bytes_per_s: int) -> None:
    """Let the browser send no faster."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_s},
    )


def test_sample_files_are_made_and_the_pickup_is_asked_from_the_page(dashboard: Dashboard, steward: Page) -> None:
    place, pickup = dashboard.place, uuid4()
    steward.goto(f"{dashboard.url}/upload")
    steward.get_by_role("combobox", name="Rows in each file").click()
    steward.get_by_role("option", name="100", exact=True).click()
    steward.get_by_role("button", name="Make and upload").click()
    made = steward.locator(".file")
    expect(made.first).to_have_attribute("data-state", "landed, waits for the pickup")
    place.load_all()
    expect(steward.locator(".file[data-state=done]")).to_have_count(made.count())
    assert place.rows("select distinct landed_by, state from platform.file") == [
        {"landed_by": "steward", "state": "COMPLETED"}
    ]

    look = steward.get_by_role("button", name="Look into the bucket now")
    look.click()
    expect(steward.get_by_text("no pickup watches the bucket: start a worker")).to_be_visible()
    liveness.watch(place.parts.warehouse, pickup, "here")
    expect(steward.get_by_text("watching", exact=True)).to_be_visible()
    look.click()
    expect(steward.get_by_text("The pickup was woken by a notification")).to_be_visible()
    asked = place.one("select max(event_id) from platform.audit_event where event = 'pickup_asked'")
    asking.answer(place.parts.warehouse, pickup, [str(asked)], 3)
    expect(steward.get_by_role("status").filter(has_text=": 3 new files.")).to_be_visible()


def test_files_are_chosen_changed_removed_sent_and_stopped_by_keyboard(dashboard: Dashboard, steward: Page) -> None:
    keyboard, waiting = steward.keyboard, held_back(steward)
    steward.on("filechooser", lambda _: None)  # asked for late, it can come after the key
    steward.goto(f"{dashboard.url}/upload")
    said = steward.get_by_role("log", name="What happens to your files")
    steward.get_by_label("Drop CSV files here").focus()
    with steward.expect_file_chooser() as chooser:
        keyboard.press("Enter")
    chooser.value.set_files([payload("a.csv", GOOD), payload("b.csv", PACKAGES), payload("c.csv", GOOD)])
    expect(said).to_contain_text("a.csv: Sales orders, guessed from its header")

    keyboard.press("Tab")
    picked = chosen(steward, "a.csv").get_by_label("Dataset")
    expect(picked).to_be_focused()
    keyboard.press("T")
    expect(picked).to_have_value("telco_packages")
    expect(said).to_contain_text("a.csv: the header lacks")
    expect(picked).to_be_focused()
    keyboard.press("S")
    expect(said).to_contain_text("a.csv: Sales orders, chosen by you")
    assert [one["id"] for one in Axe().run(steward).response["violations"] if one["impact"] in SERIOUS] == []

    steward.get_by_role("button", name="Remove c.csv").focus()
    keyboard.press("Space")
    expect(steward.get_by_role("button", name="Remove b.csv")).to_be_focused()
    steward.get_by_role("button", name="Upload 2 files").focus()
    keyboard.press("Enter")
    expect(steward.get_by_role("heading", name="Your files of the last day")).to_be_focused()
    expect(sent(steward, "b.csv")).to_have_attribute("data-state", "uploading 0 %")
    keyboard.press("Tab")
    expect(steward.get_by_role("button", name="Stop a.csv")).to_be_focused()
    keyboard.press("Enter")
    expect(sent(steward, "a.csv")).to_be_focused()
    expect(said).to_contain_text("a.csv was stopped before its last byte; nothing of it landed")
    waiting[1].continue_()
    expect(sent(steward, "b.csv")).to_have_attribute("data-state", "landed, waits for the pickup")
