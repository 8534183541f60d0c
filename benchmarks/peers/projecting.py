"""The peer's projection as a process of its own, until it is ended; the environment names the server."""

import os

from benchmarks.peers.eventsourced import runner

if __name__ == "__main__":
    with runner(os.environ) as running:
        running.run_forever()
