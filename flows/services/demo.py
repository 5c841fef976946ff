"""What the demo drops: sample files of every dataset, once per data folder."""

from datetime import UTC, datetime
from pathlib import Path

from flows.adapters.ledger import business_day
from flows.resources import Resources
from flows.services.landing import land
from flows.services.samples import write_samples

SEED = 1


def drop_samples(parts: Resources, home: Path) -> str | None:
    """Make the samples, put them into the bucket and return their batch; None where this folder has them."""
    done = home / "samples" / "batch"
    if done.exists():
        return None
    today = business_day(datetime.now(UTC), parts.settings.business_time_zone)
    files = [
        (path, dataset)
        for dataset in parts.datasets.values()
        for path in write_samples(dataset, home / "samples" / dataset.name, rows=None, seed=SEED, today=today)
    ]
    landed = land(parts.settings, parts.warehouse, parts.store, files, by_whom="demo")
    done.write_text(landed.batch)
    return landed.batch
