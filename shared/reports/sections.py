"""What the consolidated report says beside its numbers, so that it can be handed up.

Conditions, the annex and the lists of what is late and coming are of the work that the totals count; obstacles, what
is cancelled or suspended, and money are of continuing duties too.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from pydantic import BaseModel

from shared.reports.annex import Annex, annex_of
from shared.reports.arrangement import AnnexBy, Arranged
from shared.reports.conditions import ConditionsBy, conditions_by
from shared.reports.lines import Names
from shared.reports.lists_in_use import units_in_use
from shared.reports.money import Money, accounts_by_task, money_of
from shared.reports.obstacles import Obstacles, obstacles_of
from shared.reports.schedule import COMING_DAYS, Coming, LateLine, coming_of, late_of
from shared.reports.stopped import StoppedLine, stopped_of
from shared.views.view import Document


class Wanted(NamedTuple):
    """How many days the coming period has, and what the annex is arranged by."""

    coming_days: int = COMING_DAYS
    annex: AnnexBy = AnnexBy.GROUP


AS_USUAL = Wanted()


class Sections(BaseModel):
    conditions: ConditionsBy
    obstacles: Obstacles
    late: list[LateLine]
    stopped: list[StoppedLine]
    money: Money
    coming: Coming
    annex: Annex


def sections_of(
    every_task: Sequence[Document],
    tasks: Sequence[Document],
    groups: Names,
    views: Mapping[str, Sequence[Document]],
    today: date,
    wanted: Wanted,
) -> Sections:
    """`tasks` are those of `every_task` that are no continuing duties; both in the order of the lists."""
    units = units_in_use(views)
    accounts, _ = accounts_by_task(every_task, views["expenses"])
    return Sections(
        conditions=conditions_by(tasks, groups, units),
        obstacles=obstacles_of(every_task),
        late=late_of(tasks, today),
        stopped=stopped_of(every_task, views["scenarios"], accounts),
        money=money_of(every_task, views["expenses"], units),
        coming=coming_of(tasks, today, wanted.coming_days),
        annex=annex_of(Arranged(tasks, accounts, groups, views["organisations"], units, today), wanted.annex),
    )
