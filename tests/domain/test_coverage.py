from datetime import date

from shared.reports.coverage import coverage_of
from shared.values.code_lists import CodeList, ids_of


def publication(channel, status, released_on=None, planned_on=None):
    return {"channel": channel, "status": status, "released_on": released_on, "planned_on": planned_on}


TOLD = [
    publication("press", "released", "2020-09-06", planned_on="2020-09-05"),
    publication("press", "released", "2020-09-06"),
    publication("press", "approved", planned_on="2020-09-07"),
    publication("press", "proposed"),
    publication("press", "rejected", planned_on="2020-09-08"),
    publication("portal", "released", "2020-09-04"),
    publication("leaflet", "released", "2020-09-06"),
]


def test_it_counts_what_was_released_by_channel_and_day_and_what_waits():
    coverage = coverage_of(TOLD)
    press = coverage.channels["press"]
    assert (press.released, press.by_day) == (2, {date(2020, 9, 6): 2})
    assert (press.pending, press.planned) == (2, {date(2020, 9, 7): 1})
    assert coverage.days == [date(2020, 9, 4), date(2020, 9, 6), date(2020, 9, 7)]


def test_it_shows_channels_without_anything_and_channels_nobody_told_it_of():
    channels = coverage_of(TOLD).channels
    assert list(channels) == [*ids_of(CodeList.CHANNELS), "leaflet"]
    assert channels["visual"].released == channels["visual"].pending == 0


def test_every_release_is_counted_once():
    channels = coverage_of(TOLD).channels.values()
    assert sum(sum(channel.by_day.values()) for channel in channels) == 4 == sum(each.released for each in channels)


def test_channels_stand_in_the_order_of_the_list_and_retired_ones_where_something_ran():
    retired = {"retired": True}
    entries = [
        {"id": "zalo", "name": {"vi": "Zalo"}},
        {"id": "press", "name": {"vi": "Báo in"}, **retired},
        {"id": "visual", "name": {"vi": "Cổ động"}, **retired},
        {"id": "portal", "name": {"vi": "Cổng"}},
    ]
    channels = coverage_of(TOLD, [{"_id": "channels", "entries": entries}]).channels
    assert list(channels) == ["zalo", "press", "portal", "leaflet"]
