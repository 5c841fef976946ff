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

    def write(self, kind: str, number: int, frame: pl.DataFrame) -> None:
        """Keep a frame as part `number` of its kind; whoever reads a part sees all of it."""
        path = self._path(kind, number, "arrow")
        frame.write_ipc(path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def write_csv(self, kind: str, number: int, content: bytes) -> None:
        """Keep rows that are ready for COPY as part `number` of their kind."""
        path = self._path(kind, number, "csv")
        path.with_suffix(".new").write_bytes(content)
        path.with_suffix(".new").replace(path)

    def csv(self, kind: str, number: int) -> Path:
        """Return where part `number` of a kind lies, ready for COPY."""
        return self._path(kind, number, "csv")

    def read(self, kind: str, number: int) -> pl.DataFrame:
        """Return part `number` of its kind."""
        return pl.read_ipc(self._path(kind, number, "arrow"))

    def frames(self, kind: str, columns: list[str] | None = None) -> Iterator[pl.DataFrame]:
        """Yield the parts of one kind in order."""
        for path in sorted(self.folder.glob(f"{kind}-*.arrow")):
            yield pl.read_ipc(path, columns=columns)

    def _path(self, kind: str, number: int, suffix: str) -> Path:
        return self.folder / f"{kind}-{number:06d}.{suffix}"

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
