"""Pages that only tests have: one of each kind that there could be."""

from starlette.responses import PlainTextResponse, Response

from shared.eventstore.errors import Unavailable
from shared.unit.roles import Act
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit


async def say(visit: Visit) -> Response:
    return visit.render("problem.html", page_title="Probe", message=visit.query.get("said", ""))


async def take(visit: Visit) -> Response:
    form = await visit.form()
    return PlainTextResponse("; ".join(f"{name}={_length(value)}" for name, value in form.multi_items()))


async def fail(visit: Visit) -> Response:
    raise RuntimeError("the secret 12345")


async def ask(visit: Visit) -> Response:
    raise Unavailable("the stream did not answer")


async def go(visit: Visit) -> Response:
    return visit.redirect("/probe/say?said=gone", done="start-task")


def _length(value: object) -> str:
    return str(len(value)) if isinstance(value, str) else f"file of {getattr(value, 'size', 0)}"


SECTION = Section(
    routes=(
        route("/probe/say", say),
        route("/probe/take", take, methods=("POST",)),
        route("/probe/keep", take, methods=("POST",), uploads=True),
        route("/probe/sign", take, methods=("POST",), needs=Act.SIGN),
        route("/probe/both", say, methods=("GET", "POST")),
        route("/probe/fail", fail),
        route("/probe/ask", ask),
        route("/probe/go", go, methods=("POST",)),
    ),
    links=(Link("Tasks", "/probe/say"), Link("Accounts", "/probe/accounts", Act.KEEP_ACCOUNTS)),
)
