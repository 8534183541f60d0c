"""Every view: whatever a module beside this one has as `VIEW`."""

from importlib import import_module
from pkgutil import iter_modules

from shared import views
from shared.views.view import View

_OTHERS = sorted({module.name for module in iter_modules(views.__path__)} - {__name__.rpartition(".")[2]})
_MODULES = [import_module(f"{views.__name__}.{name}") for name in _OTHERS]
VIEWS: tuple[View, ...] = tuple(module.VIEW for module in _MODULES if hasattr(module, "VIEW"))
"""By the name of their module."""
