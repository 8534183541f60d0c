"""The sample congress as commands; `data/namdinh-xx/` says what happened and when. Every command id follows from the
command's content, so telling the story again changes nothing."""

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from daihoi.sample.sign_ins import account_of
from services.subcommittee.congress import FoundCongress
from services.subcommittee.duty import duty_id
from services.subcommittee.importing.items import read_file
from services.subcommittee.issued_report import IssueReport
from services.subcommittee.scenario import SwitchScenario
from shared.events.catalogue_item import Item
from shared.i18n import title_of_position
from shared.values.local_time import LOCAL_TIME
from shared.values.types import Phase, slug
from shared.values.units import SUBCOMMITTEE
from shared.views.view import instant

SAMPLE = Path(__file__).parents[2] / "data" / "namdinh-xx"
STORY_IDS = UUID("6f0b1c1e-8d0f-5d53-9a52-2d1f1c7a0e54")
MORNING = datetime.min.time().replace(hour=9, tzinfo=LOCAL_TIME)


class Step(NamedTuple):
    """One command of the story."""

    service: str
    command: str
    data: dict[str, Any]
    actor: str
    happened: datetime
    awaits: str = ""
    """A document, `view/key`, that a policy brings about and that the step needs; no part of the command."""

    @property
    def command_id(self) -> UUID:
        content = [self.service, self.command, self.data, self.actor, instant(self.happened)]
        return uuid5(STORY_IDS, json.dumps(content, sort_keys=True, ensure_ascii=False))


class Sample:
    """The files of the sample congress."""

    def __init__(self, folder: Path = SAMPLE) -> None:
        self.congress: dict[str, Any] = json.loads((folder / "congress.json").read_text("utf-8"))
        self.catalogue = read_file((folder / "catalogue.csv").read_bytes()).items
        self.progress = {row["code"]: row for row in _rows(folder / "progress.csv")}
        self.products = {row.pop("code"): row for row in _rows(folder / "products.csv")}
        self.organisations = _rows(folder / "organisations.csv")
        self.duties = _rows(folder / "duties.csv")
        self.prepared: dict[str, Any] = json.loads((folder / "scenarios.json").read_text("utf-8"))
        self.today = date.fromisoformat(self.congress["today"])
        self.opening_day = date.fromisoformat(self.congress["opening_day"])

    def orders(self) -> Iterator[Step]:
        """The congress itself, the meeting, the register, the documents, the directives, and the work handed to the
        units: the catalogue's and the continuing duties of the localities."""
        yield self._founding()
        yield from self._meeting()
        yield self._register()
        yield from self._documents()
        yield from self._directives(before_work=True)
        catalogue = self.congress["catalogue"]
        items = [item.model_dump(mode="json") for item in self.catalogue]
        published = {"catalogue": catalogue["id"], "note": catalogue["note"], "items": items}
        yield _step(SUBCOMMITTEE, "publish-catalogue", published, "subcommittee.office", "2020-08-14")
        assignments: dict[tuple[str, str], list[str]] = {}
        for item in self.catalogue:
            assignments.setdefault((item.unit, self._directive_of(item.code)), []).append(item.item_id)
        for (unit, directive_id), item_ids in sorted(assignments.items()):
            assigned = {"unit": unit, "item_ids": item_ids, "directive_id": directive_id}
            yield _step(SUBCOMMITTEE, "assign-items", assigned, "subcommittee.chair", "2020-08-15")
        yield from self._duties()

    def work(self) -> Iterator[Step]:
        """What the units did up to the stated day, in the order in which it happened."""
        steps = list(self._directives(before_work=False))
        for item in self.catalogue:
            work = _work_on(item, self.progress[item.code], self.opening_day)
            steps.append(_described(item, self.products[item.code]))
            steps += map(self._once_its_clearance_is_known, work)
        for row in self.duties:
            steps += _work_on_duty(row, self._unit_of_duty(row["duty"]))
        for own in self.congress["own_work"]:
            step = _step(own["unit"], own["command"], own["data"], own["as"], own["happened"])
            steps.append(step._replace(awaits=own.get("awaits", "")))
        yield from sorted(steps, key=lambda step: step.happened)

    def _once_its_clearance_is_known(self, step: Step) -> Step:
        """A task that needs a clearance is completed once its unit has heard how security decided."""
        if step.command != "complete-task":
            return step
        for own in self.congress["own_work"]:
            needs = own["command"] == "require-clearance" and own["unit"] == step.service
            if needs and own["data"]["task_id"] == step.data["task_id"]:
                return step._replace(awaits=f"known_clearances/{step.service}/{own['data']['clearance_id']}")
        return step

    def scenarios(self) -> Iterator[Step]:
        """What the units prepared for an outbreak and for no epidemic, and the switch there and back."""
        prepared = self.prepared
        for unit, variants in prepared["variants"].items():
            for case, adjustments in variants.items():
                for adjustment in adjustments:
                    data = {"variant": case, **adjustment}
                    yield _step(unit, "adjust-variant", data, f"{unit}.member", prepared["adjusted_on"])
                yield _step(unit, "prepare-variant", {"variant": case}, f"{unit}.lead", prepared["prepared_on"])
        for switch in prepared["switches"]:
            data = {name: switch[name] for name in ("scenario", "reason")}
            happened = datetime.fromisoformat(switch["happened"])
            yield Step(SUBCOMMITTEE, SwitchScenario.NAME, data, "subcommittee.lead", happened)

    def issues_before(self, step: Step) -> bool:
        """Whether the report was handed up before this step of the work."""
        return step.happened.date() > date.fromisoformat(self.congress["report"]["issued_on"])

    def report(self, shown: Mapping[str, Any]) -> Step:
        """The report that was handed up; `shown` is what it shows, which only the views can say."""
        issued = self.congress["report"]
        return _step(SUBCOMMITTEE, IssueReport.NAME, issued | dict(shown), "subcommittee.lead", issued["issued_on"])

    def task_ids(self) -> set[str]:
        items = {f"{item.unit}/{item.item_id}" for item in self.catalogue}
        duties = {
            f"{duty['unit']}/{duty_id(locality, duty['duty'], Phase(phase['phase']))}"
            for duty in self.congress["duties"]["handed_out"]
            for locality in self._localities()
            for phase in duty["phases"]
        }
        return items | duties

    def _founding(self) -> Step:
        founded = {**self.congress["congress"], "opening_day": self.opening_day.isoformat()}
        return _step(SUBCOMMITTEE, FoundCongress.NAME, founded, "subcommittee.office", "2020-08-13")

    def _meeting(self) -> Iterator[Step]:
        meeting = self.congress["meeting"]
        recorded = {name: meeting[name] for name in ("title", "held_on", "chair", "participants")}
        points = [{"number": number, "text": text} for number, text in enumerate(meeting["points"], start=1)]
        for command, data in (("record-meeting", recorded), ("conclude-meeting", {"points": points})):
            whole = {"meeting_id": meeting["id"], **data}
            yield _step(SUBCOMMITTEE, command, whole, "subcommittee.office", meeting["held_on"])

    def _register(self) -> Step:
        entries = [
            {
                "organisation_id": row["organisation_id"],
                "kind": row["kind"],
                "name": {"vi": row["name_vi"], "en": row["name_en"]},
                "positions": _listed(row["positions"]),
                "holders": [*self._holders(row["organisation_id"])],
            }
            for row in self.organisations
        ]
        data = {"entries": entries}
        return _step(SUBCOMMITTEE, "register-organisations", data, "subcommittee.office", "2020-08-13")

    def _holders(self, organisation_id: str) -> Iterator[dict[str, Any]]:
        """Who holds its positions: whom the article names, and positions of the units, each with its account."""
        holders, members = self.congress["holders"], self.congress["members"]
        if organisation_id == holders["organisation_id"]:
            yield from (held | {"since": holders["since"]} for held in holders["held"])
        for held in members["held"]:
            if held["organisation_id"] == organisation_id:
                yield {
                    "position": held["position"],
                    "person": title_of_position(held["held_by"], "vi"),
                    "person_id": account_of(held["held_by"]),
                    "since": members["since"],
                }

    def _duties(self) -> Iterator[Step]:
        """Each duty goes to every locality, in one command."""
        duties = self.congress["duties"]
        beside = {"localities": self._localities(), "directive_id": duties["directive_id"]}
        for duty in duties["handed_out"]:
            yield _step(SUBCOMMITTEE, "hand-out-duty", duty | beside, "subcommittee.chair", duties["handed_out_on"])

    def _localities(self) -> list[str]:
        return [row["organisation_id"] for row in self.organisations if row["kind"] == "locality"]

    def _unit_of_duty(self, duty: str) -> str:
        return next(str(row["unit"]) for row in self.congress["duties"]["handed_out"] if row["duty"] == duty)

    def _directives(self, *, before_work: bool) -> Iterator[Step]:
        """Each point of the conclusion as an order, in the point's own words. What is there to be reviewed has to be
        there first, so reviews are ordered once the work has begun."""
        meeting, directives = self.congress["meeting"], self.congress["directives"]
        for issued in directives["issued"]:
            if before_work == (issued["kind"] == "review"):
                continue
            directive = {"directive_id": issued["id"], "kind": issued["kind"], "units": issued["units"]}
            point = {"meeting_id": meeting["id"], "point": issued["point"]}
            text = {"text": meeting["points"][issued["point"] - 1]}
            happened = issued.get("issued_on", directives["issued_on"])
            yield _step(SUBCOMMITTEE, "issue-directive", directive | point | text, "subcommittee.chair", happened)

    def _directive_of(self, code: str) -> str:
        directives = self.congress["directives"]
        named = (issued["id"] for issued in directives["issued"] if code in issued.get("items", ()))
        return str(next(named, directives["all_other_items"]))

    def _documents(self) -> Iterator[Step]:
        for document in self.congress["documents"]:
            data = {name: document[name] for name in ("symbol", "kind", "issuer", "advised_by", "title")}
            unit = document["unit"]
            yield _step(unit, "issue-document", data, f"{unit}.lead", self.congress["meeting"]["held_on"])


def _described(item: Item, row: dict[str, str]) -> Step:
    """The product, the directing leader and a remark where there is one."""
    described = {name: text for name, text in row.items() if text}
    return _steps_on(item.unit, item.item_id)("describe-task", "2020-08-17", **described)


def _work_on(item: Item, row: dict[str, str], opening_day: date) -> Iterator[Step]:
    step = _steps_on(item.unit, item.item_id)
    if row["collective"]:
        in_charge = {"collective": row["collective"], "individual": row["individual"]}
        yield step("assign-task", "2020-08-17", **in_charge, coordinating=_listed(row["coordinating"]))
    if row["dated"] == "yes" and item.due_offset_days is not None:
        deadline = opening_day + timedelta(days=item.due_offset_days)
        yield step("set-deadline", "2020-08-17", deadline=deadline.isoformat())
    if row["secured_percent"]:
        secured = item.budget_vnd * int(row["secured_percent"]) // 100
        yield step("fund-task", "2020-08-17", secured_vnd=secured, funding_source=row["funding_source"])
    if row["extension_asked_on"]:
        until, why = row["extension_until"], row["extension_because"]
        yield step("request-extension", row["extension_asked_on"], "member", deadline=until, reason=why)
    if row["extension_refused_because"]:
        yield step("refuse-extension", row["extension_decided_on"], reason=row["extension_refused_because"])
    elif row["extension_decided_on"]:
        yield step("grant-extension", row["extension_decided_on"])
    yield from _carry_out(step, row)


def _work_on_duty(row: dict[str, str], unit: str) -> Iterator[Step]:
    task_id = duty_id(row["locality"], row["duty"], Phase(row["phase"]))
    yield from _carry_out(_steps_on(unit, task_id), row)


def _carry_out(step: Callable[..., Step], row: dict[str, str]) -> Iterator[Step]:
    """The steps of a task from its start to its acceptance, as far as it came."""
    if row["started_on"]:
        yield step("start-task", row["started_on"], "member")
        last_day = row["submitted_on"] or "2020-09-10"
        yield step("report-progress", last_day, "member", percent=int(row["percent"]))
    if row["blocked_because"]:
        yield step("block-task", "2020-09-10", "member", reason=row["blocked_because"])
    if row["submitted_on"]:
        evidence = [_evidence(title) for title in _listed(row["evidence"])]
        yield step("submit-task", row["submitted_on"], "member", evidence=evidence)
    if row["returned_because"]:
        yield step("return-task", "2020-09-09", reason=row["returned_because"])
    if row["completed_on"]:
        yield step("complete-task", row["completed_on"])


def _steps_on(unit: str, task_id: str) -> Callable[..., Step]:
    def step(command: str, day: str, by: str = "lead", **data: Any) -> Step:
        return _step(unit, command, {"task_id": task_id, **data}, f"{unit}.{by}", day)

    return step


def _listed(names: str) -> list[str]:
    return [name.strip() for name in names.split(";") if name.strip()]


def _evidence(title: str) -> dict[str, Any]:
    """Evidence that nobody keeps: its link leads nowhere, its checksum and size are those of its title."""
    content = title.encode()
    return {
        "title": title,
        "link": f"https://example.invalid/evidence/{slug(title).lower()}",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size_bytes": len(content),
    }


def _step(service: str, command: str, data: dict[str, Any], actor: str, day: str) -> Step:
    return Step(service, command, data, actor, datetime.combine(date.fromisoformat(day), MORNING))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
