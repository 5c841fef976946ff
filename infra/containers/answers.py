"""Health check of a container: whether an address answers with what it should."""

import sys

import urllib3


def main(url: str, wanted: str) -> int:
    """Return 0 where the address answers 200 with a text in it, else 1."""
    try:
        response = urllib3.request("GET", url, timeout=5, retries=False)
    except urllib3.exceptions.HTTPError as error:
        print(error, file=sys.stderr)
        return 1
    told = response.data.decode(errors="replace")
    print(response.status, told[:200])
    return 0 if response.status == 200 and wanted in told else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
