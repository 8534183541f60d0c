"""`python -m tests.contract.making_keys PRIVATE PUBLIC` makes an issuer's keys when its input ends, and tells."""

import sys
from pathlib import Path

from shared.unit.issuer import make_issuer_keys

if __name__ == "__main__":
    private, public = map(Path, sys.argv[1:])
    sys.stdin.read()
    make_issuer_keys(private, public)
    sys.stdout.write(f"{private.read_bytes().hex()} {public.read_bytes().hex()}\n")
