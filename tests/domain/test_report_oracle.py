"""The sections of the report against an oracle that counts raw events on its own."""

from datetime import date
from typing import Any, NamedTuple

import pytest

from shared.reports.arrangement import AnnexBy
from shared.reports.consolidated import AsOf, Report, consolidate
from shared.reports.content import content_of
from shared.reports.sections import Wanted
from tests.domain import report_oracle as oracle
from tests.domain.any_story import REASON, enveloped, story, views_of
from tests.domain.report_oracle import Raw, added

TODAY = date(2020, 9, 10)
COMING = 12


class Both(NamedTuple):
    """The report as JSON has it, and what the oracle knows."""

    report: dict[str, Any]
    tasks: list[dict[str, Any]]
    accounts: dict[str, dict[str, Any]]

    @property
    def counted(self) -> list[dict[str, Any]]:
        return [one for one in self.tasks if not one["is_duty"]]

    def money_of(self, one: dict[str, Any]) -> dict[str, int]:
        return oracle.money(one, oracle.account_of(one, self.tasks, self.accounts))


@pytest.fixture(scope="module", params=range(5))
def both(request):
    envelopes = enveloped(story(request.param), request.param)
    raw = [Raw(".".join(one.type.split(".")[2:4]), one.source, one.subject, one.time, one.data) for one in envelopes]
    tasks, accounts, _ = oracle.retold(raw)
    as_of = AsOf(sequence=len(raw), ledger_sequence=len(raw), today=TODAY, parked=0, gaps={})
    wanted = Wanted(COMING, AnnexBy.UNIT)
    report = consolidate("memory", as_of, views_of(envelopes), "d", wanted).model_dump(mode="json")
    return Both(report, tasks, accounts)


def ids(lines):
    return sorted((line["unit"], line["id"]) for line in lines)


def test_each_open_task_is_in_one_condition_and_they_add_up(both):
    section = both.report["conditions"]
    assert section["totals"] == oracle.conditions(both.counted)
    for by, field in (("by_unit", "unit"), ("by_group", "group"), ("by_phase", "phase")):
        for key, counted in section[by].items():
            assert counted == oracle.conditions(one for one in both.counted if str(one[field]) == key)
    totals = both.report["totals"]
    assert sum(section["totals"].values()) == totals["tasks"] - totals["completed"] - totals["suspended"] > 0


def test_every_obstacle_is_told_open_ones_first(both):
    live = [one for one in both.tasks if one["state"] != "cancelled"]
    open_ = [(one["unit"], one["id"], what) for one in live for what in oracle.unresolved(one)]
    resolved = [
        (one["unit"], one["id"], obstacle["what"], obstacle["cause"], obstacle["proposal"], how)
        for one in live for obstacle, how in one["obstacles"].values() if how is not None
    ]  # fmt: skip
    lines, count = both.report["obstacles"]["lines"], len(open_)
    assert sorted((line["unit"], line["id"], line["what"]) for line in lines[:count]) == sorted(open_)
    named = ("unit", "id", "what", "cause", "proposal", "resolution")
    assert sorted(tuple(line[name] for name in named) for line in lines[count:]) == sorted(resolved)
    assert (both.report["obstacles"]["unresolved"], both.report["obstacles"]["resolved"]) == (count, len(resolved))


def test_what_is_late_is_told_with_how_many_days_the_longest_first(both):
    late = {(one["unit"], one["id"]): oracle.lateness(one, TODAY) for one in both.counted}
    lines = both.report["late"]
    assert {(line["unit"], line["id"]): line["days_late"] for line in lines} == {
        key: days for key, days in late.items() if days
    }
    ranks = [(line["completed_on"] is not None, -line["days_late"]) for line in lines]
    assert ranks == sorted(ranks) != []


def test_what_falls_due_in_the_coming_period_is_told_by_deadline(both):
    coming = both.report["coming"]
    assert ids(coming["lines"]) == ids(one for one in both.counted if oracle.is_coming(one, TODAY, COMING))
    deadlines = [line["deadline"] for line in coming["lines"]]
    assert deadlines == sorted(deadlines) != []
    assert (coming["days"], coming["until"]) == (COMING, "2020-09-22")


def test_what_is_cancelled_or_suspended_is_told_with_the_reason(both):
    reasons = {(line["unit"], line["id"]): (line["state"], line["reason"]) for line in both.report["stopped"]}
    assert reasons == {
        (one["unit"], one["id"]): ("suspended", REASON)
        if oracle.is_out(one)
        else ("cancelled", one["cancelled_because"])
        for one in both.tasks
        if oracle.is_out(one) or one["state"] == "cancelled"
    }


def sums(line):
    return {name: line[name] for name in oracle.SUMS}


def test_money_adds_up_wherever_it_stands(both):
    section, units = both.report["money"], both.report["money"]["by_unit"]
    by_place = {place: [] for place in (*units, "duties", "cancelled", "suspended", "no_task")}
    for one in both.tasks:
        stopped = "cancelled" if one["state"] == "cancelled" else "suspended" if oracle.is_out(one) else ""
        by_place["duties" if one["is_duty"] else stopped or one["unit"]].append(both.money_of(one))
    owned = {one["id"] for one in both.tasks if oracle.account_of(one, both.tasks, both.accounts)}
    by_place["no_task"] = [oracle.money(None, one) for name, one in both.accounts.items() if name not in owned]
    lines = units | section["elsewhere"]
    assert {place: sums(line) for place, line in lines.items()} == {
        place: added(of) for place, of in by_place.items()
    }
    assert sums(section["totals"]) == added(sums(line) for line in lines.values())
    assert section["totals"]["spent_vnd"] == sum(one["spent"] for one in both.accounts.values()) > 0
    of_none = lines["no_task"]["spent_vnd"]
    for line, beside in ((section["totals"], of_none), *((line, 0) for line in lines.values())):
        share = (line["spent_vnd"] - beside, line["secured_vnd"])
        assert (line["rate"]["part"], line["rate"]["whole"]) == (share if line is not lines["no_task"] else (0, 0))
        assert line["planned_vnd"] + line["surplus_vnd"] == line["secured_vnd"] + line["unsecured_vnd"]


def test_the_money_of_what_is_stopped_is_told_in_full(both):
    lines = {(line["unit"], line["id"]): line["sums"] for line in both.report["stopped"]}
    stopped = [one for one in both.tasks if one["state"] == "cancelled" or oracle.is_out(one)]
    assert lines == {(one["unit"], one["id"]): both.money_of(one) for one in stopped} != {}
    assert both.report["money"]["elsewhere"]["suspended"]["planned_vnd"] == sum(
        one["planned"] for one in stopped if one["state"] != "cancelled" and not one["is_duty"]
    )


def without_stopped(one, sums):
    """As reports had it at first: nothing planned or guaranteed for what is cancelled or suspended."""
    guarantees = oracle.SUMS[:4] if one["state"] == "cancelled" or oracle.is_out(one) else ()
    return sums | dict.fromkeys(guarantees, 0)


def test_a_report_issued_in_the_first_form_still_says_what_it_said(both):
    content = content_of(Report.model_validate(both.report), 1)
    rows = {(line["unit"], line["id"]): sums(line) for line in content if line["about"] == "row"}
    assert rows == {(one["unit"], one["id"]): without_stopped(one, both.money_of(one)) for one in both.counted}
    money = {line.get("key"): sums(line) for line in content if line["about"].startswith("money")}
    owned = {one["id"] for one in both.tasks if oracle.account_of(one, both.tasks, both.accounts)}
    assert money[None] == added([
        *(without_stopped(one, both.money_of(one)) for one in both.tasks),
        *(oracle.money(None, one) for name, one in both.accounts.items() if name not in owned),
    ])  # fmt: skip
    duties = added(without_stopped(one, both.money_of(one)) for one in both.tasks if one["is_duty"])
    assert money.get("duties", duties) == duties
    for state in ("cancelled", "suspended"):
        assert not any(money.get(state, {}).get(name) for name in oracle.SUMS[:4])


def test_the_annex_has_every_item_once_and_its_subtotals_add_up(both):
    annex, by_key = both.report["annex"], {(one["unit"], one["id"]): one for one in both.counted}
    rows = [row for section in annex["sections"] for row in section["rows"]]
    assert ids(rows) == sorted(by_key)
    for section in annex["sections"]:
        assert section["sums"] == added(row["sums"] for row in section["rows"])
        assert [row["number"] for row in section["rows"]] == [
            f"{section['number']}.{place}" for place in range(1, len(section["rows"]) + 1)
        ]
    for row in rows:
        one = by_key[row["unit"], row["id"]]
        assert row["sums"] == both.money_of(one)
        assert (row["percent"], row["days_late"]) == (one["percent"], oracle.lateness(one, TODAY))
        assert [line["what"] for line in row["obstacles"]] == (
            oracle.unresolved(one) if one["state"] not in ("done", "cancelled") else []
        )
        closed = {"done": "completed", "cancelled": "cancelled"}.get(one["state"])
        assert row["state"] == (closed or oracle.condition(one) or "suspended")
    assert annex["sums"] == added(section["sums"] for section in annex["sections"])
    for name, total in annex["cells"].items():
        assert total == both.report["totals"][name] == sum(section["cells"][name] for section in annex["sections"])
