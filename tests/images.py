"""What counts as the name of one image for ever."""

import re

_PATCH = re.compile(r"postgres:\d+\.\d+(-\w+)?|[^@]+:\d+\.\d+\.\d+(-\w+)?|[^@]+:RELEASE\.[\dTZ-]+")
_DIGEST = re.compile(r"[^@]+@sha256:[0-9a-f]{64}")


def is_pinned(image: str) -> bool:
    """Return whether a name has a version down to the patch, which PostgreSQL writes with two numbers, or a digest."""
    return bool(_PATCH.fullmatch(image) or _DIGEST.fullmatch(image))
