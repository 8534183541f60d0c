"""What the service could not do by itself and nobody has seen to yet."""

from typing import Any

from starlette.responses import Response

from shared.eventstore.errors import Unavailable
from shared.i18n import title_of_position
from shared.unit.refusals import RetryPolicy, SettleRefusal
from shared.unit.roles import Act
from shared.unit.unseen import Unresolved, Unseen
from shared.web.actions import action, actions
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit

MOST_SHOWN = 500


async def refusals_page(visit: Visit) -> Response:
    """What policies could not do, read from the ledger, which holds the service's own events too."""
    at_work = visit.place.at_work
    try:
        left = await Unseen(at_work.connection, visit.place.congress, visit.service).now()
        is_known = True
    except Unavailable:
        left, is_known = [], False
    return visit.render(
        "refusals/refusals.html",
        page_title=visit.t("What could not be done by itself"),
        is_known=is_known,
        count=len(left),
        lines=[_line(visit, refusal) for refusal in left[:MOST_SHOWN]],
    )


def _line(visit: Visit, refusal: Unresolved) -> dict[str, Any]:
    refused = refusal.refused
    retried = {"policy": refused.policy, "sequence": str(refused.sequence)}
    settled = {"cause": refusal.cause, "policy": refused.policy}
    return {
        "policy": title_of_position(f"policy.{refused.policy}", visit.lang),
        "detail": refused.detail,
        "sequence": refused.sequence,
        "actions": actions(
            action(visit, RetryPolicy, retried) if refused.sequence is not None else None,
            action(visit, SettleRefusal, settled),
        ),
    }


SECTION = Section(
    routes=(route("/refusals", refusals_page),), links=(Link("Left to see to", "/refusals", Act.DECIDE),)
)
