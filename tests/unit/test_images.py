"""The images that the container stack is made of are named down to the patch, and alike wherever they stand."""

import re
from pathlib import Path

import pytest

from infra.containers.make_secrets import settings
from tests.images import is_pinned

ROOT = Path(__file__).parents[2]
DEFAULT = re.compile(r"\$\{(QUAYSIDE_\w+_IMAGE):-([^}]+)\}")


def _of_the_example() -> dict[str, str]:
    values = settings((ROOT / ".env.example").read_text())
    return {name: value for name, value in values.items() if name.endswith("_IMAGE")}


def test_every_image_is_pinned_and_compose_has_the_same_ones() -> None:
    images = _of_the_example()

    assert len(images) == 4
    assert {name: image for name, image in images.items() if not is_pinned(image)} == {}
    assert dict(DEFAULT.findall((ROOT / "docker-compose.yml").read_text())) == images


def test_the_image_is_built_on_the_python_that_the_settings_name() -> None:
    text = (ROOT / "infra" / "containers" / "Dockerfile").read_text()
    python = _of_the_example()["QUAYSIDE_PYTHON_IMAGE"]

    assert f"ARG PYTHON_IMAGE={python}\n" in text
    assert [line.split(" AS ")[0] for line in text.splitlines() if line.startswith("FROM")] == [
        "FROM ${PYTHON_IMAGE}"
    ] * 2


@pytest.mark.parametrize("image", ["postgres:17", "caddy:2", "caddy:2.11", "python:3.13-slim", "caddy:latest", "caddy"])
def test_a_name_that_moves_is_not_pinned(image: str) -> None:
    assert not is_pinned(image)


def test_a_digest_is_pinned() -> None:
    assert is_pinned(f"postgres@sha256:{'0a' * 32}")
