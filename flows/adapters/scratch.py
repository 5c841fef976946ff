"""The local disk of one run: the file's bytes and its judged batches, so that memory does not grow with the file."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import polars as pl


@dataclass(frozen=True, slots=True)
class Scratch:
    """The folder of one run; every part of it can be made again from the archive."""

    folder: Path

    @classmethod
    def of_run(cls, root: Path, run_id: UUID) -> "Scratch":
        """Return the folder of a run, made if it is not there."""
        folder = root / str(run_id)
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder)

    @property
    def original(self) -> Path:
        """The file as it landed."""
        return self.folder / "original"

    @property
    def text(self) -> Path:
        """The file as UTF-8."""
        transcoded = self.folder / "text"
        return transcoded if transcoded.exists() else self.original

    @property
    def transcoded(self) -> Path:
        """Where the file as UTF-8 goes if it came in another encoding."""
        return self.folder / "text"

    def clear(self, kind: str) -> None:
        """Remove the parts of one kind, so that a task can run again."""
        for part in self.folder.glob(f"{kind}-*"):
            part.unlink()

    def write(self, kind: str, number: int, frame: pl.DataFrame) -> None:
        """Keep a frame as part `number` of its kind."""
        frame.write_ipc(self.folder / f"{kind}-{number:06d}.arrow")

    def part(self, kind: str, number: int) -> Path:
        """Return where part `number` of a kind is kept as CSV for COPY."""
        return self.folder / f"{kind}-{number:06d}.csv"

    def read(self, kind: str, number: int) -> pl.DataFrame:
        """Return part `number` of its kind."""
        return pl.read_ipc(self.folder / f"{kind}-{number:06d}.arrow")

    def frames(self, kind: str, columns: list[str] | None = None) -> Iterator[pl.DataFrame]:
        """Yield the parts of one kind in order."""
        for path in sorted(self.folder.glob(f"{kind}-*.arrow")):
            yield pl.read_ipc(path, columns=columns)

    def count(self, kind: str) -> int:
        """Return how many frames of a kind are kept."""
        return sum(1 for _ in self.folder.glob(f"{kind}-*.arrow"))

    def csv_parts(self, kind: str) -> list[Path]:
        """Return the CSV parts of a kind in order."""
        return sorted(self.folder.glob(f"{kind}-*.csv"))

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
