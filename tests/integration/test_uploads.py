"""Files that a person sends from a browser, at the service."""

import io
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from dashboard.pages.upload.following import told_of
from dashboard.store import upload as store
from flows.adapters import ledger, liveness
from flows.core.errors import MistakeError, QuaysideError, RefusedError
from flows.services import asking, loading, publishing, running, uploads
from flows.services.accounts import SignedIn
from flows.services.landing import land
from flows.services.uploads import Announced, BrokenOffError, Upload
from tests.conftest import Place, s3_client

HEADER = b"order_id,order_date,region,product,quantity,revenue\n"
GOOD = HEADER + b"A1,2026-01-31,North,Milk 1L,1,5\n"


class Halved:
    """Gives half of some bytes, then breaks off."""

    def __init__(self, content: bytes) -> None:
        self._source = io.BytesIO(content[: len(content) // 2])

    def read(self, wanted: int, /) -> bytes:
        piece = self._source.read(min(wanted, 1 << 20))
        if not piece:
            raise BrokenOffError("the wire was cut")
        return piece


def announce(place: Place, actor: SignedIn, *files: Announced) -> list[Upload]:
    parts = place.parts
    return uploads.begin(parts.settings, parts.warehouse, parts.datasets, actor, files)


def csv(name: str = "a.csv", size_bytes: int = len(GOOD), dataset: str = "sales_orders") -> Announced:
    return Announced(name=name, dataset=dataset, size_bytes=size_bytes)


def bucket(place: Place) -> Any:  # Any: boto3 has no types
    settings = place.parts.settings
    return s3_client(settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key.get_secret_value())


def test_files_of_one_upload_land_as_one_batch_and_load(place: Place) -> None:
    editor = place.sign_in("editor")
    begun = announce(place, editor, csv("a.csv"), csv("b.csv", len(GOOD) + 1))
    for one, content in zip(begun, (GOOD, GOOD + b"\n"), strict=True):
        taken = uploads.take(place.parts.warehouse, editor, one.upload_id, one.size_bytes)
        uploads.receive(place.parts.warehouse, place.parts.store, taken, io.BytesIO(content))

    place.load_all()

    assert place.rows("select base_name, batch, landed_by, state from platform.file order by file_id") == [
        {"base_name": "a.csv", "batch": begun[0].batch, "landed_by": "editor", "state": "COMPLETED"},
        {"base_name": "b.csv", "batch": begun[0].batch, "landed_by": "editor", "state": "COMPLETED"},
    ]
    assert place.rows("select distinct state, received_bytes = size_bytes as is_whole from platform.upload") == [
        {"state": "LANDED", "is_whole": True}
    ]


@pytest.mark.parametrize(
    "name",
    [
        "../a.csv",
        "x/a.csv",
        "x\\a.csv",
        "a\n.csv",
        "a\u202e.csv",
        "a\0.csv",
        ".csv",
        "",
        "a" * 300 + ".csv",
        "orders.xlsx",
        "orders",
    ],
)
def test_a_name_that_can_be_no_key_is_refused_before_a_byte(place: Place, name: str) -> None:
    with pytest.raises(MistakeError):
        announce(place, place.sign_in("editor"), csv("good.csv"), csv(name))
    assert place.rows("select 1 from platform.upload") == []
    assert place.rows("select 1 from platform.batch") == []


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([csv(dataset="nothing")], "no such dataset"),
        ([csv(size_bytes=0)], "is empty"),
        ([csv(size_bytes=6 << 30)], "at most"),
        ([csv(), csv()], "two files"),
        ([], "1 to"),
    ],
)
def test_what_could_not_land_is_refused_in_a_sentence(place: Place, files: list[Announced], sentence: str) -> None:
    with pytest.raises(MistakeError, match=sentence):
        announce(place, place.sign_in("editor"), *files)


def test_a_viewer_uploads_nothing_and_the_try_is_audited(place: Place) -> None:
    with pytest.raises(RefusedError):
        announce(place, place.sign_in("viewer"), csv())
    assert place.one("select count(*) from platform.audit_event where event = 'refused' and actor = 'viewer'") == 1


def test_an_upload_is_sent_once_and_by_who_announced_it(place: Place) -> None:
    editor, other = place.sign_in("editor"), place.sign_in("editor", "other")
    (one,) = announce(place, editor, csv())
    with pytest.raises(MistakeError):
        uploads.take(place.parts.warehouse, other, one.upload_id, one.size_bytes)
    with pytest.raises(MistakeError, match="announced with"):
        uploads.take(place.parts.warehouse, editor, one.upload_id, one.size_bytes + 1)
    uploads.take(place.parts.warehouse, editor, one.upload_id, one.size_bytes)
    with pytest.raises(MistakeError):
        uploads.take(place.parts.warehouse, editor, one.upload_id, one.size_bytes)


@pytest.mark.parametrize("size_bytes", [1 << 20, 40 << 20])
def test_a_sender_that_breaks_off_leaves_nothing_in_the_bucket(place: Place, size_bytes: int) -> None:
    editor = place.sign_in("editor")
    (one,) = announce(place, editor, csv(size_bytes=size_bytes))
    taken = uploads.take(place.parts.warehouse, editor, one.upload_id, size_bytes)

    with pytest.raises(QuaysideError):
        uploads.receive(place.parts.warehouse, place.parts.store, taken, Halved(bytes(size_bytes)))

    landing = place.parts.settings.landing_bucket
    assert "Contents" not in bucket(place).list_objects_v2(Bucket=landing)
    assert "Uploads" not in bucket(place).list_multipart_uploads(Bucket=landing)
    assert place.rows("select state, reason from platform.upload") == [
        {"state": "ABORTED", "reason": "the wire was cut"}
    ]


def test_an_upload_whose_page_is_gone_is_ended_and_said_so(place: Place) -> None:
    editor = place.sign_in("editor")
    silent, closed = announce(place, editor, csv("silent.csv"), csv("closed.csv"))
    uploads.give_up(place.parts.warehouse, editor, [closed.upload_id], is_gone=True)
    with place.parts.warehouse.transaction() as connection:
        connection.execute("update platform.upload set seen_at = now() - interval '1 hour' where state = 'BEGUN'")

    assert uploads.end_silent(place.parts.warehouse) == 1

    assert place.rows("select distinct state, reason from platform.upload") == [
        {"state": "ABORTED", "reason": uploads.GONE}
    ]
    with pytest.raises(MistakeError):
        uploads.take(place.parts.warehouse, editor, silent.upload_id, silent.size_bytes)


def test_a_person_stops_their_own_upload_while_it_is_sent(place: Place) -> None:
    editor, other = place.sign_in("editor"), place.sign_in("editor", "other")
    (one,) = announce(place, editor, csv())
    uploads.take(place.parts.warehouse, editor, one.upload_id, one.size_bytes)

    assert uploads.give_up(place.parts.warehouse, other, [one.upload_id], is_gone=False) == 0
    assert uploads.give_up(place.parts.warehouse, editor, [one.upload_id], is_gone=True) == 0
    assert uploads.give_up(place.parts.warehouse, editor, [one.upload_id], is_gone=False) == 1


def test_sample_files_go_the_way_of_every_upload(place: Place) -> None:
    parts = place.parts
    batch = uploads.upload_samples(
        parts.settings,
        parts.warehouse,
        parts.store,
        parts.datasets,
        place.sign_in("editor"),
        dataset="telco_packages",
        folder=place.folder / "made",
        rows=50,
        seed=3,
        share=0.2,
        today=date(2026, 3, 1),
    )

    loaded = place.load_all()

    assert {one.outcome.state for one in loaded} == {"COMPLETED"}
    assert place.rows("select distinct batch, state from platform.upload") == [{"batch": batch, "state": "LANDED"}]


def test_what_became_of_a_persons_files_is_told_from_the_first_byte_to_the_last_row(place: Place) -> None:
    editor = place.sign_in("editor")
    sent, left = announce(place, editor, csv("sent.csv"), csv("left.csv"))
    states = [_told(place)]
    taken = uploads.take(place.parts.warehouse, editor, sent.upload_id, sent.size_bytes)
    uploads.receive(place.parts.warehouse, place.parts.store, taken, io.BytesIO(GOOD))
    uploads.give_up(place.parts.warehouse, editor, [left.upload_id], is_gone=True)
    states.append(_told(place))
    place.scanner.scan()
    states.append(_told(place))
    (claimed,) = ledger.claim(place.parts.warehouse, limit=9, lease_s=60, max_attempts=5)
    load = running.begin(place.parts, claimed, uuid4())
    states.append(_told(place))
    loading.register(load)
    loading.validate(load)
    liveness.tell_progress(place.parts.warehouse, load.run_id, **asdict(load.progress))
    states.append(_told(place))
    loading.exceptions(load)
    loading.transform(load)
    liveness.tell_progress(place.parts.warehouse, load.run_id, **asdict(load.progress) | {"rows_written": 1})
    states.append(_told(place))
    publishing.publish(load)
    liveness.forget_progress(place.parts.warehouse, load.run_id)
    states.append(_told(place))

    left_told = ("not finished", None, None, None)
    assert states == [
        {"sent.csv": ("waits for its turn", None, None, None), "left.csv": ("waits for its turn", None, None, None)},
        {"sent.csv": ("landed, waits for the pickup", None, None, None), "left.csv": left_told},
        {"sent.csv": ("waits for a worker", None, None, None), "left.csv": left_told},
        {"sent.csv": ("picked up", None, None, None), "left.csv": left_told},
        {"sent.csv": ("loading", 1, None, 0), "left.csv": left_told},
        {"sent.csv": ("loading 100 %", 1, 1, 0), "left.csv": left_told},
        {"sent.csv": ("done", 1, 1, 0), "left.csv": left_told},
    ]
    assert (load.progress.bytes_judged, load.progress.rows_judged) == (load.progress.bytes_total, 1)
    assert store.landed_lately(place.parts.warehouse, "somebody else") == []


def _told(place: Place) -> dict[str, tuple[object, ...]]:
    """Return label and figures of each file as the page tells them."""
    rows = store.landed_lately(place.parts.warehouse, "editor")
    told = {row["base_name"]: told_of(row) for row in rows}
    return {name: (one.label, one.read, one.loaded, one.held) for name, one in told.items()}


def test_a_person_who_asks_the_pickup_is_told_what_it_found(place: Place) -> None:
    warehouse, editor = place.parts.warehouse, place.sign_in("editor")
    with pytest.raises(MistakeError, match="no pickup watches"):
        asking.ask(warehouse, editor)
    run_id = uuid4()
    liveness.watch(warehouse, run_id, "here")
    with warehouse.listen(ledger.CHANNEL) as wire:
        number = asking.ask(warehouse, editor)
        heard = [told.payload for told in wire.notifies(timeout=10, stop_after=1)]
    assert asking.answered(warehouse, number) is None

    asking.answer(warehouse, run_id, [*heard, "no number"], 3)

    look = asking.answered(warehouse, number)
    assert look is not None
    assert (heard, look.run_id, look.new_files) == ([str(number)], run_id, 3)


def test_two_files_of_one_name_are_not_landed_over_each_other(place: Place) -> None:
    sales = place.parts.datasets["sales_orders"]
    paths = [place.folder / folder / "a.csv" for folder in ("x", "y")]
    for path in paths:
        path.parent.mkdir()
        path.write_bytes(GOOD)

    with pytest.raises(MistakeError, match="two files"):
        land(
            place.parts.settings,
            place.parts.warehouse,
            place.parts.store,
            [(path, sales) for path in paths],
            by_whom="me",
        )
