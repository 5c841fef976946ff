"""Hostile files: each loads what is good and holds the rest, or is rejected with a sentence; none is lost."""

import pytest

from tests.conftest import Place

HEADER = "order_id,order_date,region,product,quantity,revenue"
GOOD = "{},2026-01-31,North,Milk 1L,4,260.74"


def lines(*rows: str, header: str = HEADER) -> bytes:
    return ("\n".join([header, *rows]) + "\n").encode()


def good(number: int) -> str:
    return GOOD.format(f"A{number}")


LOADS: dict[str, tuple[bytes, int, int]] = {
    "one row": (lines(good(1)), 1, 0),
    "no line end": (lines(good(1))[:-1], 1, 0),
    "byte order mark": (b"\xef\xbb\xbf" + lines(good(1)), 1, 0),
    "utf-16 little": (b"\xff\xfe" + lines(good(1), good(2)).decode().encode("utf-16-le"), 2, 0),
    "utf-16 big": (b"\xfe\xff" + lines(good(1)).decode().encode("utf-16-be"), 1, 0),
    "utf-16 cut in half a character": (b"\xff\xfe" + lines(good(1)).decode().encode("utf-16-le") + b"x", 1, 1),
    "windows line ends": (lines(good(1), good(2)).replace(b"\n", b"\r\n"), 2, 0),
    "latin-1 bytes in one line": (
        lines(good(1), "A2,2026-01-31,North,Caf\xe9,1,5", good(3)).decode().encode("latin-1"),
        2,
        1,
    ),
    "a NUL byte": (lines(good(1), "A2,2026-01-31,North,Mi\0lk,1,5"), 1, 1),
    "too few fields": (lines(good(1), "A2,2026-01-31,North"), 1, 1),
    "too many fields": (lines(good(1), good(2) + ",more"), 1, 1),
    "a stray quote": (lines(good(1), 'A2,2026-01-31,North,5" pipe,1,5', good(3)), 2, 1),
    "an open quote": (lines(good(1), 'A2,2026-01-31,"North,Milk 1L,1,5', good(3), good(4)), 3, 1),
    "an open quote at the end": (lines(good(1), good(2), 'A3,2026-01-31,North,"Milk'), 2, 1),
    "text after a closing quote": (lines(good(1), 'A2,2026-01-31,"North"x,Milk 1L,1,5', good(3)), 2, 1),
    "line breaks in quotes": (lines('A1,2026-01-31,North,"Milk\n1L",4,5', good(2)), 2, 0),
    "doubled quotes": (lines('A1,2026-01-31,North,"5"" pipe",4,5'), 1, 0),
    "quotes everywhere": (lines('"A1","2026-01-31","North","Milk, 1L","4","5"'), 1, 0),
    "an empty line": (lines(good(1), "", good(2)), 2, 0),
    "a line of delimiters": (lines(good(1), ",,,,,"), 1, 1),
    "a repeated header": (lines(good(1), good(2), HEADER), 2, 1),
    "extra columns": (lines(good(1) + ",x,y", header=HEADER + ",note,=cmd"), 1, 0),
    "columns in another order": (
        lines("5,4,Milk 1L,North,2026-01-31,A1", header="Revenue,QUANTITY,product,region, Order Date ,order id"),
        1,
        0,
    ),
    "semicolons": (lines(good(1).replace(",", ";"), header=HEADER.replace(",", ";")), 1, 0),
    "tabs": (lines(good(1).replace(",", "\t"), header=HEADER.replace(",", "\t")), 1, 0),
    "pipes": (lines(good(1).replace(",", "|"), header=HEADER.replace(",", "|")), 1, 0),
    "formulas": (lines("=1+1,2026-01-31,North,=HYPERLINK(0),4,5"), 1, 0),
    "script tags": (lines("<script>,2026-01-31,North,<img onerror=x>,4,5"), 1, 0),
    "right to left": (lines("A1,2026-01-31,North,\u202eחלב,4,5"), 1, 0),
    "emoji": (lines("🦄,2026-01-31,North,🥛 1L,4,5"), 1, 0),
    "a carriage return in a cell": (lines('A1,2026-01-31,North,"Mi\rlk",4,5'), 1, 0),
    "a backslash and a dot": (lines("\\.,2026-01-31,North,\\N,4,5"), 1, 0),
    "an order id too long for an index": (lines(good(1), GOOD.format("X" * 5000)), 1, 1),
    "infinity and too much": (
        lines(good(1), good(2), "A3,2026-01-31,North,Milk 1L,4,inf", "A4,2026-01-31,North,Milk 1L,99999999999,5"),
        2,
        2,
    ),
    "digits of other scripts": (lines(good(1), good(2), "A3,2026-01-31,North,Milk 1L,٣,₹ ٣٠٠"), 2, 1),
    "a negative amount that rounds to zero": (lines(good(1), "A2,2026-01-31,North,Milk 1L,4,-0.0040"), 1, 1),
    "an open quote before 20 MB": (lines(good(1), 'A2,2026-01-31,North,"open', "x" * 20_000_000, good(3)), 2, 2),
    "a day in the year 0": (lines(good(1), "A2,0000-01-01,North,Milk 1L,4,5"), 1, 1),
    "a line of 2 MiB": (lines(good(1), good(2) + "x" * (2 << 20), good(3)), 2, 1),
    "one field of 50 MB": (lines(good(1), f"A2,2026-01-31,North,{'x' * 50_000_000},4,5", good(3)), 2, 1),
    "a quoted field of 2 MiB": (lines(good(1), f'A2,2026-01-31,North,"{"x" * (2 << 20)}",4,5', good(3)), 2, 1),
}


@pytest.mark.parametrize("name", LOADS)
def test_what_is_good_loads_and_the_rest_is_held(place: Place, name: str) -> None:
    content, loaded, held = LOADS[name]

    outcome = place.drop(content).outcome

    assert (outcome.state, outcome.rows_loaded, outcome.rows_held) == ("COMPLETED", loaded, held)
    assert outcome.rows_read == loaded + held
    assert place.one("select count(*) from platform.exception where category = 'DATA_FORMAT_ERROR'") <= held


REJECTED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "line ends only": (b"\n\r\n\n", "empty"),
    "header only": (lines(), "no data row"),
    "missing columns": (b"order_id,region\nA1,North\n", "order_date, product, quantity, revenue"),
    "a header twice": (lines(good(1) + ",x", header=HEADER + ",Order ID"), "'order id'"),
    "a pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "PDF"),
    "a zip": (b"PK\x03\x04\x14\x00\x06\x00\n\x00\x00", "text"),
    "line ends of an old Mac": (lines(good(1)).replace(b"\n", b"\r"), "line feed"),
    "a very long name": (lines(good(1) + ",x", header=HEADER + "," + "n" * 200_000), "short line"),
    "a million columns": (b",".join(b"c%d" % i for i in range(1_000_000)) + b"\n", "first line"),
    "two thousand columns": (b",".join(b"c%d" % i for i in range(2_000)) + b"\n1\n", "1,000 columns"),
    "an endless first line": (b"x" * (2 << 20), "first line"),
}


@pytest.mark.parametrize("name", REJECTED)
def test_a_file_that_cannot_be_read_is_rejected_with_a_sentence(place: Place, name: str) -> None:
    content, told = REJECTED[name]

    loaded = place.drop(content)

    assert loaded.outcome.state == "REJECTED"
    assert told in str(loaded.outcome.reason)
    assert place.one("select state from platform.file") == "REJECTED"
    assert place.one("select count(*) from platform.run_rule") == 0
    digest = place.one("select sha256 from platform.file")
    assert place.parts.store.archived_range(digest, 0, 0) == content if content else digest


def test_mostly_broken_rows_wait_for_a_person(place: Place) -> None:
    outcome = place.drop(lines(good(1), *(f"A{i},never,North,Milk 1L,4,5" for i in range(2, 5)))).outcome

    assert outcome.state == "AWAITING_REVIEW"
    assert place.one("select count(*) from sales_orders.orders") == 0
    assert place.one("select count(*) from platform.exception") == 0
    assert place.one("select count(*) from platform.finding") == 3
    assert place.one("select failed from platform.run_rule where rule = 'order_date_readable'") == 3


def test_the_raw_text_of_a_broken_record_is_kept(place: Place) -> None:
    place.drop(lines(good(1), good(2), "A3,2026-01-31,North,Caf\xe9,1,5").decode().encode("latin-1"))

    assert place.one("select raw_text from platform.exception") == "A3,2026-01-31,North,Caf\\xe9,1,5"


def test_extra_columns_are_kept_and_told(place: Place) -> None:
    place.drop(lines(good(1) + ",hello", header=HEADER + ",note"))

    assert place.one("select extra ->> 'note' from sales_orders.orders") == "hello"
    assert "note" in place.one("select warnings[1] from platform.run")


@pytest.mark.parametrize(
    "key",
    [
        "sales_orders/with blanks.csv",
        "sales_orders/..a../..b..csv",  # the servers themselves refuse a part that is ".."
        "sales_orders/quote'\".csv",
        "sales_orders/ünïcødé 📈.csv",
        "sales_orders/; drop table.csv",
        "sales_orders/UPPER.CSV",
    ],
)
def test_any_object_key_is_picked_up(place: Place, key: str) -> None:
    place.put_by_hand(key, lines(good(1)))

    (loaded,) = place.load_all()

    assert loaded.outcome.state == "COMPLETED"
    assert place.one("select object_key from platform.file") == key


@pytest.mark.parametrize("key", ["elsewhere/orders.csv", "orders.csv", "sales_orders/orders.xlsx"])
def test_an_object_of_no_dataset_is_listed_and_left(place: Place, key: str) -> None:
    place.put_by_hand(key, lines(good(1)))

    assert place.load_all() == []
    assert place.one("select object_key from platform.unclaimed_object where reason <> ''") == key


def test_no_hostile_file_stops_another(place: Place) -> None:
    every = [content for content, *_ in LOADS.values()] + [content for content, _ in REJECTED.values()]
    contents = [content for content in every if len(content) < 1_000_000]
    for number, content in enumerate(contents):
        place.put(content, f"{number}.csv")
    place.put(lines(GOOD.format("LAST")), "last.csv")

    loaded = place.load_all()

    assert len(loaded) == len(contents) + 1
    assert place.one("select count(*) from sales_orders.orders where order_id = 'LAST'") == 1
    assert place.one("select count(*) from platform.file where state in ('LANDED', 'RUNNING', 'FAILED')") == 0
