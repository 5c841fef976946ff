"""`quayside …`"""
import sys
from flows.settings import home, read_settings
if __name__ == "__main__":
    from infra.worker import Worker
    Worker(read_settings(), home()).run()
