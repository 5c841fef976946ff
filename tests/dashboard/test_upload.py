"""Uploads: what the server refuses without a browser, and a file from its choice to its last row in one."""

import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, FilePayload, Page, expect

from flows.services import uploads
from tests.conftest import s3_client
from tests.dashboard.conftest import Dashboard, open_browser

GOOD = b"order_id,order_date,region,product,quantity,revenue\nA1,2026-01-31,North,Milk 1L,1,5\n"
PATIENCE_S = 20


def eventually(is_so: Callable[[], bool]) -> bool:
    """Return whether something comes true in time."""
    until = time.monotonic() + PATIENCE_S
    while not is_so() and time.monotonic() < until:
        threading.Event().wait(0.1)
    return is_so()


def payload(name: str, content: bytes) -> FilePayload:
    """Return a file as a person would choose it."""
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def send(dashboard: Dashboard, cookie: str, path: str, told: Any, **headers: str) -> tuple[int, dict[str, Any]]:
    """Post JSON as the page does; return status and answer."""
    told_headers = {"Cookie": cookie, "Origin": dashboard.url, "Content-Type": "application/json", **headers}
    answer = dashboard.http("POST", path, body=json.dumps(told), headers=told_headers)
    return answer.status, answer.json()


def announce(dashboard: Dashboard, cookie: str, name: str = "a.csv", size: int = len(GOOD), **headers: str) -> Any:
    files = [{"name": name, "dataset": "sales_orders", "size": size}]
    return send(dashboard, cookie, "/upload/begin", {"files": files}, **headers)


def test_a_file_lands_and_only_who_announced_it_may_send_it(dashboard: Dashboard) -> None:
    editor, other = dashboard.cookie("editor"), dashboard.cookie("steward")
    status, begun = announce(dashboard, editor)
    path = f"/upload/file/{begun['files'][0]['upload_id']}"

    def put(cookie: str, body: bytes, **headers: str) -> int:
        return dashboard.http(
            "PUT", path, body=body, headers={"Cookie": cookie, "Origin": dashboard.url} | headers
        ).status

    assert status == 200
    assert put(other, GOOD) == 400
    assert put(editor, GOOD + b"\n") == 400
    assert put(editor, GOOD, Origin="http://elsewhere.example") == 403
    assert put("", GOOD) == 401
    assert put(editor, GOOD) == 200
    assert put(editor, GOOD) == 400
    dashboard.place.load_all()
    assert dashboard.place.rows("select base_name, batch, landed_by, state from platform.file") == [
        {"base_name": "a.csv", "batch": begun["batch"], "landed_by": "editor", "state": "COMPLETED"}
    ]


def test_what_may_not_be_uploaded_is_refused_in_a_sentence_before_a_byte(dashboard: Dashboard) -> None:
    editor, viewer = dashboard.cookie("editor"), dashboard.cookie("viewer")
    forged = editor[:-4] + "beef"

    refused = {
        "no cookie": announce(dashboard, ""),
        "forged cookie": announce(dashboard, forged),
        "viewer": announce(dashboard, viewer),
        "foreign page": announce(dashboard, editor, Origin="http://elsewhere.example"),
        "no page": announce(dashboard, editor, Origin=""),
        "way out": announce(dashboard, editor, "../a.csv"),
        "control": announce(dashboard, editor, "a\r\nX: y.csv"),
        "no csv": announce(dashboard, editor, "a.exe"),
        "too large": announce(dashboard, editor, size=6 << 30),
        "no dataset": send(
            dashboard, editor, "/upload/begin", {"files": [{"name": "a.csv", "dataset": "x", "size": 1}]}
        ),
        "no list": send(dashboard, editor, "/upload/begin", {"files": "all"}),
        "no object": send(dashboard, editor, "/upload/begin", 7),
    }

    assert {name: status for name, (status, _) in refused.items()} == {
        "no cookie": 401,
        "forged cookie": 401,
        "viewer": 403,
        "foreign page": 403,
        "no page": 403,
        **dict.fromkeys(("way out", "control", "no csv", "too large", "no dataset", "no list", "no object"), 400),
    }
    assert all(answer["message"] for _, answer in refused.values())
    assert dashboard.place.rows("select 1 from platform.upload") == []


def test_a_client_that_breaks_off_leaves_nothing(dashboard: Dashboard) -> None:
    editor, size = dashboard.cookie("editor"), 64 << 20
    _, begun = announce(dashboard, editor, size=size)
    where = urlsplit(dashboard.url)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=20) as wire:
        head = f"PUT /upload/file/{begun['files'][0]['upload_id']} HTTP/1.1\r\nHost: {where.netloc}\r\n"
        wire.sendall(f"{head}Origin: {dashboard.url}\r\nCookie: {editor}\r\nContent-Length: {size}\r\n\r\n".encode())
        for _ in range(size // 2 >> 20):
            wire.sendall(bytes(1 << 20))

    place, settings = dashboard.place, dashboard.place.parts.settings
    assert eventually(lambda: place.one("select state from platform.upload") == "ABORTED")
    client = s3_client(settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key.get_secret_value())
    assert "Contents" not in client.list_objects_v2(Bucket=settings.landing_bucket)
    assert "Uploads" not in client.list_multipart_uploads(Bucket=settings.landing_bucket)
    assert place.one("select reason from platform.upload") == uploads.GONE


def test_the_real_sales_file_is_looked_at_sent_and_followed_to_its_last_row(
    dashboard: Dashboard, steward: Page, shared_data: Path
) -> None:
    steward.goto(f"{dashboard.url}/upload")
    steward.locator("input[type=file]").set_input_files(shared_data / "sales_orders" / "sales_data.csv")
    chosen = steward.get_by_role("article", name="sales_data.csv")
    expect(chosen.get_by_text("guessed from its header and name")).to_be_visible()
    expect(chosen.get_by_text("Preview from the whole file: 5,000 rows")).to_be_visible()
    expect(chosen.get_by_role("cell", name="Paneer Curry Ready Meal").first).to_be_visible()
    assert dashboard.place.rows("select 1 from platform.batch") == []

    steward.get_by_role("button", name="Upload 1 file").click()
    sent = steward.locator(".file", has_text="sales_data.csv")
    expect(sent).to_have_attribute("data-state", "landed, waits for the pickup")
    steward.reload()
    expect(sent).to_have_attribute("data-state", "landed, waits for the pickup")
    (loaded,) = dashboard.place.load_all()
    expect(sent).to_have_attribute("data-state", "done")

    figures = sent.locator(".figure").all_inner_texts()
    assert [text.split()[0] for text in figures] == ["5,000", "4,376", "624"]
    run = sent.get_by_role("link", name="Run of sales_data.csv")
    assert run.get_attribute("href") == f"/runs?run={loaded.run_id}"


def test_names_and_headers_of_files_are_text(dashboard: Dashboard, steward: Page) -> None:
    script = "<img src=x onerror=document.title='owned'>"
    content = f"order_id,order_date,region,product,quantity,{script}\nA1,2026-01-31,North,{script},1,5\n"
    steward.goto(f"{dashboard.url}/upload")
    steward.locator("input[type=file]").set_input_files(payload(f"{script}.csv", content.encode()))

    expect(steward.get_by_role("article").get_by_text("the header lacks revenue")).to_be_visible()
    expect(steward.get_by_role("cell", name=script).first).to_be_visible()
    expect(steward.get_by_role("button", name="Upload 1 file")).to_be_disabled()
    assert steward.title() != "owned"


def test_the_browser_reads_a_head_as_the_server_does(dashboard: Dashboard, steward: Page) -> None:
    told = {
        "utf8.csv": (b"\xef\xbb\xbf" + GOOD, "UTF-8, separated by comma"),
        "utf16.csv": (GOOD.decode().encode("utf-16"), "UTF-16LE, separated by comma"),
        "semicolon.csv": (GOOD.replace(b",", b";"), "UTF-8, separated by semicolon"),
        "tab.csv": (
            GOOD.replace(b",", b"\t").replace(b"Milk 1L", b'"Milk\t""1L"""'),
            "UTF-8, separated by tab",
        ),
        "pipe.csv": (GOOD.replace(b"order_id", b" Order ID ").replace(b",", b"|"), "UTF-8, separated by pipe"),
    }
    steward.goto(f"{dashboard.url}/upload")
    steward.locator("input[type=file]").set_input_files([payload(name, one[0]) for name, one in told.items()])
    for name, (_, sentence) in told.items():
        chosen = steward.get_by_role("article", name=name)
        chosen.locator("details").evaluate("one => { one.open = true }")
        expect(chosen.get_by_text(sentence)).to_be_visible()
        expect(chosen.get_by_text("the whole file: 1 row")).to_be_visible()
        assert "milk" in chosen.get_by_role("region", name="First rows").inner_text().lower()
    expect(steward.get_by_role("button", name="Upload 5 files")).to_be_enabled()


def test_an_upload_that_a_closed_page_left_is_told_on_the_next_one(dashboard: Dashboard, chromium: Browser) -> None:
    cookie = dashboard.cookie("editor")
    _, begun = announce(dashboard, cookie, "left.csv")
    send(
        dashboard,
        cookie,
        "/upload/give-up",
        {"uploads": [begun["files"][0]["upload_id"]], "is_gone": True},
    )
    context = open_browser(dashboard, chromium, "editor", width=390, height=844, mode="dark")
    page = context.new_page()
    page.goto(f"{dashboard.url}/upload")
    expect(page.get_by_text("left.csv was not finished, and nothing of it landed")).to_be_visible()
    context.close()
