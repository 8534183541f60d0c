"""Where a page may lead back to: a path of the same service and nothing else."""

import re

_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]{0,1999}")


def local_path(path: str, otherwise: str = "/") -> str:
    """`wanted` where it is a path here, whatever a browser may make of it; else `otherwise`."""
    return path if _LOCAL.fullmatch(path) and path.isascii() else otherwise
