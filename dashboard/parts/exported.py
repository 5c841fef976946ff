"""Links that hand out a table as CSV, with the number of its rows named."""

from collections.abc import Mapping
from urllib.parse import urlencode

from dashboard import formats
from dashboard.formats import escaped


def csv_url(page: str, what: str, query: Mapping[str, object]) -> str:
    """Return the address of a table of a page.

    Args:
        query: The filter as it stands in the page's address.
    """
    told = {name: str(value) for name, value in query.items() if value not in (None, "")}
    return f"/export/{page}/{what}.csv" + (f"?{urlencode(told)}" if told else "")


def csv_link(url: str, number: int | str, noun: str = "rows") -> str:
    """Return a link that downloads a table.

    Args:
        number: How many rows it has, or what is said in place of a number.
        noun: What they are, in the plural, such as: rows of Sales orders.
    """
    thing, _, rest = noun.partition(" of ")
    one = thing.removesuffix("s") + (rest and f" of {rest}")
    told = formats.many(number, one) if isinstance(number, int) else f"{number} {noun}"
    return f'<a class="q-export" href="{escaped(url)}" download>CSV of {escaped(told)}</a>'
