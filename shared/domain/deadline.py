"""A deadline that is over on the day it is given needs a reason, and the reason is kept."""

from datetime import date, datetime

from shared.domain.decider import Refusal
from shared.values.local_time import local_date

IN_THE_PAST = Refusal(
    "deadline_in_the_past",
    "The deadline {deadline} was over by {day}; say in past_because why it is set all the same.",
)


def check_not_over(deadline: date | None, past_because: str | None, happened: datetime) -> None:
    """Raises a refusal for a deadline before the local day of `happened` that comes without a reason."""
    day = local_date(happened)
    if deadline is not None and deadline < day and past_because is None:
        raise IN_THE_PAST(deadline=deadline, day=day)
