"""What the unit's lead demands of its work."""

from starlette.responses import Response

from shared.domain.unit_rules import ENTITY, SetUnitRules
from shared.events.scenario import CURRENT
from shared.reports.unit_rules import rules_of
from shared.web.actions import action, actions
from shared.web.pages.story import story_for
from shared.web.sections import Link, Section, route
from shared.web.visit import Visit


async def rules_page(visit: Visit) -> Response:
    documents = [document for document in visit.views.documents("unit_rules") if document["unit"] == visit.service]
    line = next(line for line in rules_of(documents, ()) if line.unit == visit.service) if documents else None
    demanded = line is None or line.evidence_required
    changed = {"evidence_required": "false" if demanded else "true"}
    return visit.render(
        "rules/rules.html",
        page_title=visit.t("Rules of the unit"),
        line=line,
        demanded=demanded,
        story=await story_for(visit, ENTITY, CURRENT),
        actions=actions(action(visit, SetUnitRules, changed)),
    )


SECTION = Section(
    routes=(route("/rules", rules_page),), links=(Link("Rules of the unit", "/rules"),), only_units=True
)
