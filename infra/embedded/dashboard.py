"""The dashboard of the stack on this machine."""

import sys

import urllib3

from infra.processes import Child, Processes, wait_until


def start_dashboard(processes: Processes, url: str, environment: dict[str, str]) -> Child:
    """Start the dashboard and wait until it answers.

    Args:
        url: Address by which it answers.
        environment: Its settings, with its own database role and S3 key.
    """
    child = processes.start("dashboard", [sys.executable, "-m", "dashboard"], environment=environment, stop_s=10)
    http = urllib3.PoolManager(retries=False, timeout=2)

    def serves() -> bool:
        try:
            return bool(http.request("GET", f"{url}/healthz").json().get("status") == "alive")
        except (urllib3.exceptions.HTTPError, ValueError):
            return False

    wait_until(serves, child, timeout_s=60)
    return child
