"""What the demo drops: sample files of every dataset, once per data folder."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.adapters.ledger import business_day
from flows.resources import Resources
from flows.services.landing import land
from flows.services.samples import write_samples

SEED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """The batch of the sample files, and whether an earlier start dropped it."""

    name: str
    is_old: bool


def drop_samples(parts: Resources, home: Path) -> Dropped:
    """Make the samples and put them into the bucket, unless this folder's were dropped before."""
    done = home / "samples" / "batch"
    if done.exists():
        return Dropped(name=done.read_text(), is_old=True)
    today = business_day(datetime.now(UTC), parts.settings.business_time_zone)
    files = [
        (path, dataset)
        for dataset in parts.datasets.values()
        for path in write_samples(dataset, home / "samples" / dataset.name, rows=None, seed=SEED, today=today)
    ]
    landed = land(parts.settings, parts.warehouse, parts.store, files, by_whom="demo")
    done.write_text(landed.batch)
    return Dropped(name=landed.batch, is_old=False)
