"""A service with its face for people: its pages and its commands over HTTP, in the same process and for as long."""

from shared.unit.application import ServiceApp
from shared.unit.service import AtWork, Part, UnitService


def with_pages(service: UnitService, *modules: str) -> ServiceApp:
    """`modules` hold the pages that only this service has (`shared.web.sections`). Nothing of the web is loaded
    where the setting `DAIHOI_HTTP_PORT` is `off`."""

    def face(at_work: AtWork) -> Part | None:
        if at_work.settings.http_port == "off":
            return None
        from shared.web.server import HttpServer

        return HttpServer(at_work, modules)

    return service.app(face)
