"""What has happened to something of the service, as rows that a page shows: when, who, and the sentence."""

from collections.abc import Mapping
from typing import Any

from shared.history.sentences import with_summary
from shared.i18n import title_of_position
from shared.reports.masking import masked_row
from shared.unit.roles import Act
from shared.web.visit import Visit


async def story_of(visit: Visit, entity: str, entity_id: str) -> list[Mapping[str, Any]]:
    """The newest first; what this visitor may not read is masked. Raises `Unavailable`."""
    unmasked = visit.may(Act.READ_RESTRICTED)
    rows = await visit.views.history(entity, entity_id)
    said = [with_summary(row if unmasked else masked_row(row), unmasked=unmasked) for row in rows]
    return [
        {
            "time": row.get("happened", row["recorded"]),
            "recorded": row["recorded"],
            "who": title_of_position(row["actor"], visit.lang),
            "sentence": row["summary"][visit.lang],
        }
        for row in reversed(said)
    ]
