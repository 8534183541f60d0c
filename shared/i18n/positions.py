"""Who acted, by the title of the position, as a signature has it. Programs are given the ids."""

import re

from shared.i18n import Language, translate
from shared.values.units import services, title_of

POSITIONS = {
    "lead": "Head, {unit}",
    "deputy": "Deputy head, {unit}",
    "chair": "Chair, {unit}",
    "member": "Member, {unit}",
    "secretary": "Secretary, {unit}",
    "office": "Office, {unit}",
}


def title_of_position(actor: str, lang: Language) -> str:
    """`logistics.lead` as «Trưởng Bộ phận hậu cần phục vụ»; a position without a title is shown as it is."""
    unit, _, position = actor.partition(".")
    title = POSITIONS.get(re.sub(r"^deputy-\d+$", "deputy", position))
    return translate(title, lang, unit=title_of(unit, lang)) if title and unit in services() else actor
