"""Files that a person sends from a browser, at the service."""

import io
from typing import Any

import pytest

from flows.core.errors import MistakeError, QuaysideError, RefusedError
from flows.services import uploads
from flows.services.accounts import SignedIn
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
