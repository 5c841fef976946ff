"""An installation as it looks to each role of the database."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from flows.adapters.migrations import migrate
from flows.adapters.object_store import ObjectStore
from flows.adapters.warehouse import Warehouse
from flows.settings import Settings
from infra.roles import ANALYST, DASHBOARD, LOADER
from tests.conftest import Place

_PASSWORDS = {LOADER: "loader_database", DASHBOARD: "dashboard_database", ANALYST: "analyst_database"}
_KEYS = {LOADER: "s3_flows", DASHBOARD: "s3_dashboard"}


@pytest.fixture
def under(place: Place, servers: Settings) -> Iterator[Callable[[str], Place]]:
    """The same installation, used under another role of the database and with the S3 keys of that role."""
    migrate(place.parts.warehouse, place.parts.datasets)
    known = json.loads((servers.scratch_folder.parent / "credentials.json").read_text())
    opened = []

    def used(role: str) -> Place:
        owner = place.parts.settings
        url = make_url(owner.database_url.get_secret_value()).set(username=role, password=known[_PASSWORDS[role]])
        changed: dict[str, Any] = {"database_url": SecretStr(url.render_as_string(hide_password=False))}
        if role in _KEYS:
            changed |= {
                "s3_access_key": known[f"{_KEYS[role]}_access"],
                "s3_secret_key": SecretStr(known[f"{_KEYS[role]}_secret"]),
                "landing_bucket": "landing",
                "archive_bucket": "archive",
                "audit_bucket": "audit",
            }
        settings = owner.model_copy(update=changed)
        parts = replace(place.parts, settings=settings, warehouse=Warehouse(settings), store=ObjectStore(settings))
        opened.append(parts.warehouse)
        return Place(parts, place.folder)

    yield used
    for warehouse in opened:
        warehouse.close()
