"""The read models: every module here that has a `VIEW`, which is a pure `route` and `fold`."""

from importlib import import_module
from pkgutil import iter_modules

from shared.views.view import View

_MODULES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
VIEWS: tuple[View, ...] = tuple(module.VIEW for module in _MODULES if hasattr(module, "VIEW"))
"""By the name of their module."""
