"""The congress's own clock: the calendar day in Việt Nam."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

LOCAL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")


def local_date(moment: datetime) -> date:
    """The calendar day of `moment` in Asia/Ho_Chi_Minh."""
    return moment.astimezone(LOCAL_TIME).date()
