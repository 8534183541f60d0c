"""How often Python looks for garbage, and in what."""

import gc
import sys
from importlib import import_module
from types import ModuleType


def collect_rarely() -> None:
    """For processes that read events. A page of them makes some 20,000 objects that die together when it is folded;
    Python's own thresholds look at all of these, and at the views, again and again: a sixth of the time of a fold."""
    gc.set_threshold(100_000, 20, 20)


def load(name: str) -> ModuleType:
    """The module of this name. What it loads, modules, classes and validators, stays until the process ends. Python
    looks for garbage neither meanwhile nor in that later, which is a fifth of what it costs to start a report."""
    if name in sys.modules:
        return sys.modules[name]
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.freeze()
        gc.enable()
