"""What came of an act over held rows, in words."""

from collections import Counter
from collections.abc import Sequence

from flows.services.repairs import Act, Result

_WORDS = {
    Act.RELEASED: "released",
    Act.UPDATED: "released as an update",
    Act.WAIVED: "waived",
    Act.ASKED: "asked to be waived",
    Act.SAVED: "saved",
    Act.DISCARDED: "discarded",
    Act.ALREADY_LOADED: "already loaded",
    Act.STILL_OPEN: "still open",
    Act.CONFLICT: "changed by somebody else meanwhile",
}


def in_act_words(act: str) -> str:
    """Return what came of one row."""
    return _WORDS[Act(act)]


def outcome(results: Sequence[Result]) -> str:
    """Return the number of rows by what came of them, and the first reason of those that stay open."""
    counted = Counter(result.act for result in results)
    told = ", ".join(f"{number:,} {_WORDS[act]}" for act, number in counted.most_common())
    stays = next((one for one in results if one.act in (Act.STILL_OPEN, Act.CONFLICT) and one.messages), None)
    return f"{told}. No {stays.exception_id}: {'; '.join(stays.messages)}" if stays else told
