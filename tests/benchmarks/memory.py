"""The memory of a measured process."""

from pathlib import Path


def peak_mb(process: int | str = "self") -> float:
    """Return the peak memory of a process in MB; `ru_maxrss` would begin with what its parent had."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1024


def forget_peak(process: int) -> None:
    """Let the peak of a process begin anew with what it has now."""
    Path(f"/proc/{process}/clear_refs").write_text("5")
