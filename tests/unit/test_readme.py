"""The README names everything that a person can use."""

from pathlib import Path

import pytest
from typer.main import get_command

from dashboard.pages import pages
from flows.cli import app
from flows.datasets import datasets
from flows.settings import Settings

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "README.md").read_text()


@pytest.mark.parametrize("name", sorted(datasets()))
def test_every_dataset_is_named(name: str) -> None:
    assert f"{name}." in README or f"`{name}`" in README


COMMANDS = [*get_command(app).commands]  # type: ignore[attr-defined]  # a group


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_told(name: str) -> None:
    assert f"`quayside {name}" in README


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_told(name: str) -> None:
    assert f"`{name.upper()}`" in README


@pytest.mark.parametrize(("name", "title"), [(name, page.title) for name, page in pages().items()])
def test_every_page_is_pictured(name: str, title: str) -> None:
    picture = f"dashboard/screenshots/{name}.jpg"
    assert f"![{title}]({picture})" in README
    assert (PROJECT / picture).read_bytes()[:3] == b"\xff\xd8\xff"
