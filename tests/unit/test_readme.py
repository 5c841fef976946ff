"""The README names everything that a person can use."""

from pathlib import Path

import pytest
from typer.main import get_command

from flows.cli import app
from flows.datasets import datasets
from flows.settings import Settings

README = (Path(__file__).parents[2] / "README.md").read_text()


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
