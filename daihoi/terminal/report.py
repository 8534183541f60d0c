"""The consolidated report for people, on a terminal, in Vietnamese or English."""

from collections.abc import Iterable
from datetime import datetime

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from daihoi.terminal.duties_table import duties_table
from daihoi.terminal.labels import (
    CELLS,
    ESSENTIAL_NAMES,
    PHASE_NAMES,
    offset_in_words,
    share_in_words,
)
from services.tracker.history.moments import moment_in_words
from services.tracker.reports.cells import DUE_SOON, Cells, Share
from services.tracker.reports.consolidated import GroupCells, Report
from services.tracker.reports.essentials import ESSENTIALS
from services.tracker.reports.lines import TaskLine
from services.tracker.reports.reviews import DUTIES
from services.tracker.reports.scenarios import InForce
from services.tracker.reports.workload import Load, Workload
from shared.events.review import Essential
from shared.i18n import Language, format_date, format_number, translate
from shared.values.local_time import local_date
from shared.values.units import title_of

BAR_WIDTH = 16
WIDE = 100
WIDE_WITH_MOVEMENTS = 130
"""Columns of a terminal from which on there is room for bars; what is narrower does without."""
SCENARIO_NAMES = {"none": "No epidemic", "outbreak": "Outbreak"}
CLEARANCE_STATUSES = {
    "not_requested": "Not requested",
    "requested": "Requested",
    "granted": "Clearance granted",
    "refused": "Clearance refused",
    "withdrawn": "Withdrawn",
}
EXTENSION_OUTCOMES = {"granted": "Granted", "refused": "Refused", "lapsed": "Lapsed", "pending": "Pending"}


class Printer:
    """Prints one report; every sentence goes through the language's catalogue."""

    def __init__(self, report: Report, lang: Language) -> None:
        self._report = report
        self._lang = lang
        self._is_wide = True

    def print_on(self, console: Console) -> None:
        report = self._report
        self._is_wide = console.width >= (WIDE_WITH_MOVEMENTS if report.movements else WIDE)
        console.print(self._heading())
        console.print(self._totals())
        for title, rows in self._breakdowns():
            console.print(self._breakdown(title, rows))
        console.print(self._money())
        console.print(self._missing())
        if report.reviews.latest:
            console.print(self._reviews())
            console.print(self._review_coverage())
        for title, lines in (
            (self._say("Overdue"), report.overdue),
            (self._say("Due within {days} days", days=DUE_SOON.days), report.due_soon),
        ):
            console.print(self._tasks(title, lines))
        if report.duties.totals.tasks or report.duties.not_opened:
            self._print_duties(console)
        if report.waiting_for_clearance:
            console.print(self._waiting_for_clearance())
        console.print(self._extensions())
        console.print(self._documents())
        console.print(self._footer())

    def _print_duties(self, console: Console) -> None:
        duties = self._report.duties
        console.print(duties_table(duties, self._lang, is_wide=console.width >= WIDE))
        for title, lines in (
            (self._say("Duties that lack an essential"), duties.lacking),
            (self._say("Overdue duties"), duties.overdue),
            (self._say("Duties due within {days} days", days=DUE_SOON.days), duties.due_soon),
        ):
            if lines:
                console.print(self._tasks(title, lines))

    def _say(self, sentence: str, **params: object) -> str:
        return translate(sentence, self._lang, **params)

    def _number(self, number: int) -> str:
        return format_number(number, self._lang)

    def _share(self, share: Share) -> str:
        return share_in_words(share, self._lang)

    def _heading(self) -> Panel:
        as_of = self._report.as_of
        lines = [
            self._say(
                "As of {today} · ledger event {sequence}", today=format_date(as_of.today), sequence=as_of.sequence
            )
        ]
        if as_of.at:
            lines.append(as_it_was(as_of.by or "", self._instant(as_of.at), as_of.left_out, self._lang))
        if (moved := self._report.movements) and moved.since.at:
            lines.append(self._say("With each number: how it moved since {at}", at=self._instant(moved.since.at)))
        if as_of.ledger_sequence > as_of.sequence:
            lag = as_of.ledger_sequence - as_of.sequence
            lines.append(self._say("{lag} newer events are not in this report yet; is the tracker running?", lag=lag))
        if as_of.parked:
            lines.append(self._say("{count} events are parked: they are not in these numbers.", count=as_of.parked))
        for stream, sequence in as_of.gaps.items():
            lines.append(
                self._say("Events are missing from {stream} at {sequence}.", stream=stream, sequence=sequence)
            )
        if self._report.scenario:
            lines.append(scenario_line(self._report.scenario, self._lang))
        lines += [source.get(self._lang) or source["vi"] for source in self._report.sources]
        title = self._say("Consolidated report of the congress {congress}", congress=self._report.congress)
        return Panel(Text("\n".join(lines)), title=Text(title, style="bold"), expand=False)

    def _instant(self, at: str) -> str:
        """A ledger sequence or a time, as people read it."""
        if at.isdigit():
            return moment_in_words(int(at), self._lang)
        return moment_in_words(datetime.fromisoformat(at), self._lang)

    def _totals(self) -> Table:
        totals, moved = self._report.totals, self._report.movements
        moves = moved.totals if moved else {}
        table = Table(title=self._say("Status of all tasks"), title_justify="left")
        table.add_column(self._say("Status"))
        table.add_column(self._say("Tasks"), justify="right")
        table.add_column(self._say("Share"), justify="right")
        for name, (label, sign, colour) in CELLS.items():
            share = Share.of(getattr(totals, name), totals.tasks)
            table.add_row(
                Text.assemble((f"{sign} ", colour), self._say(label)),
                self._with_movement(share.part, moves.get(name, 0)),
                self._share(share),
            )
        table.add_section()
        table.add_row(self._say("Total"), self._with_movement(totals.tasks, moves.get("tasks", 0)), "")
        table.add_row(self._say("Completed of all tasks"), "", self._share(self._report.completion))
        table.add_row(self._say("Completed of those due by now"), "", self._share(self._report.punctuality))
        if totals.cancelled:
            table.add_row(self._say("Cancelled (not counted above)"), self._number(totals.cancelled), "")
        if duties := self._report.duties.totals.tasks:
            table.caption = self._say("{count} continuing duties of the localities are counted apart", count=duties)
        return table

    def _breakdowns(self) -> Iterable[tuple[str, list[tuple[str, Cells, dict[str, int]]]]]:
        """Each with its rows: a name, its cells, and how they moved."""
        report, moved = self._report, self._report.movements
        units = [
            (title_of(name, self._lang), cells, moved.by_unit[name] if moved else {})
            for name, cells in report.by_unit.items()
        ]
        groups: list[tuple[str, Cells, dict[str, int]]] = [
            (self._group_name(number, cells), cells, moved.by_group[number] if moved else {})
            for number, cells in report.by_group.items()
        ]
        phases = [
            (self._say(PHASE_NAMES[name]), cells, moved.by_phase[name] if moved else {})
            for name, cells in report.by_phase.items()
        ]
        return (("By unit", units), ("By task group", groups), ("By phase", phases))

    def _group_name(self, number: str, cells: GroupCells) -> str:
        return f"{number}. {cells.name_en if self._lang == 'en' and cells.name_en else cells.name_vi}"

    def _breakdown(self, title: str, rows: list[tuple[str, Cells, dict[str, int]]]) -> Table:
        table = Table(title=self._say(title), title_justify="left")
        table.add_column("")
        table.add_column(self._say("Tasks"), justify="right")
        for _, sign, colour in CELLS.values():
            table.add_column(Text(sign, style=colour), justify="right")
        if self._is_wide:
            table.add_column("", no_wrap=True)
        table.add_column(self._say("Completed"), justify="right", no_wrap=True)
        moved = self._report.movements
        total = self._say("Total"), self._report.totals, moved.totals if moved else {}
        for name, cells, moves in [*rows, total]:
            if cells is self._report.totals:
                table.add_section()
            between = " " if self._is_wide else "\n"
            moving = ((getattr(cells, cell), moves.get(cell, 0)) for cell in ("tasks", *CELLS))
            numbers = (self._with_movement(number, moves, between) for number, moves in moving)
            bar = [_bar(cells)] if self._is_wide else []
            table.add_row(name, *numbers, *bar, self._share(cells.completion))
        return table

    def _with_movement(self, number: int, moved: int, between: str = " ") -> Text:
        """`12`, or `12 +3` where it moved."""
        told = f"{between}{'+' if moved > 0 else '−'}{self._number(abs(moved))}" if moved else ""
        return Text.assemble(self._number(number), (told, "bold"))

    def _money(self) -> Table:
        table = Table(title=self._say("Money, VND"), title_justify="left")
        table.add_column("")
        for heading in ("Planned", "Secured", "Still to be secured", "Left over"):
            table.add_column(self._say(heading), justify="right")
        rows = [(title_of(name, self._lang), cells) for name, cells in self._report.by_unit.items()]
        for name, cells in [*rows, (self._say("Total"), self._report.totals)]:
            if cells is self._report.totals:
                table.add_section()
            amounts = (cells.planned_vnd, cells.secured_vnd, cells.unsecured_vnd, cells.surplus_vnd)
            table.add_row(name, *(self._number(amount) for amount in amounts))
        return table

    def _missing(self) -> Table:
        report = self._report
        table = Table(title=self._say("Tasks that lack an essential"), title_justify="left")
        table.add_column(self._say("Essential"))
        table.add_column(self._say("Missing"), justify="right")
        table.add_column(self._say("Tasks"), overflow="fold")
        for name in ESSENTIALS:
            ids = report.missing[name]
            share = self._share(Share.of(len(ids), report.totals.tasks))
            named = self._undated() if name == Essential.DEADLINE else ", ".join(ids)
            table.add_row(self._say(ESSENTIAL_NAMES[name]), share, named)
        return table

    def _undated(self) -> str:
        """The tasks without a deadline; those that are due from the opening day, which is not set yet, day by day."""
        undated = [line for line in self._report.lacking if Essential.DEADLINE in line.missing]
        by_offset: dict[int | None, list[str]] = {}
        for line in undated:
            by_offset.setdefault(line.due_offset_days, []).append(line.id)
        never = [", ".join(by_offset.pop(None))] if None in by_offset else []
        counted = sorted((days, ids) for days, ids in by_offset.items() if days is not None)
        return "\n".join(
            [*never, *(f"{offset_in_words(days, self._lang)}: {', '.join(ids)}" for days, ids in counted)]
        )

    def _reviews(self) -> Table:
        table = Table(title=self._say("Four-point reviews"), title_justify="left")
        table.add_column(self._say("Unit"), overflow="fold")
        for heading in ("Reviewed", "Gaps at opening", "Fixed", "Appeared", "Explained", "Left"):
            table.add_column(self._say(heading), justify="right", overflow="fold")
        table.add_column(self._say("Signed by"), overflow="fold")
        for line in self._report.reviews.latest:
            share = Share.of(line.confirmed, line.tasks)
            reviewed = self._share(share) if self._is_wide else f"{share.part}/{share.whole}"
            counts = (line.gaps_at_opening, line.fixed, line.appeared, line.explained, line.left)
            signed = line.signed_by or self._say("still open")
            table.add_row(title_of(line.unit, self._lang), reviewed, *map(self._number, counts), signed)
        return table

    def _review_coverage(self) -> Table:
        reviews, report = self._report.reviews, self._report
        table = Table(title=self._say("Open tasks under review"), title_justify="left")
        table.add_column("")
        table.add_column(self._say("Under review"), justify="right", no_wrap=True)
        for heading in ("Gaps now", "Explained", "Left"):
            table.add_column(self._say(heading), justify="right")
        groups = {
            self._group_name(number, report.by_group[number]): coverage
            for number, coverage in reviews.by_group.items()
            if number in report.by_group
        }
        if duties := reviews.by_group.get(DUTIES):
            groups[self._say("Continuing duties of the localities")] = duties
        phases = {self._say(PHASE_NAMES[phase]): coverage for phase, coverage in reviews.by_phase.items()}
        for rows in (groups, phases):
            table.add_section()
            for name, coverage in rows.items():
                share = self._share(Share.of(coverage.reviewed, coverage.tasks))
                counts = (coverage.gaps, coverage.explained, coverage.left)
                table.add_row(name, share, *map(self._number, counts))
        return table

    def _tasks(self, title: str, lines: list[TaskLine]) -> Table:
        table = Table(title=f"{title}: {self._number(len(lines))}", title_justify="left")
        for heading in ("Task", "Unit", "Title", "Deadline"):
            table.add_column(self._say(heading), overflow="fold")
        for line in lines:
            name = line.title_en if self._lang == "en" and line.title_en else line.title_vi
            table.add_row(line.id, title_of(line.unit, self._lang), name, self._deadline(line))
        return table

    def _deadline(self, line: TaskLine) -> str:
        """With the original one where it was extended."""
        if line.due_offset_days is not None:
            return offset_in_words(line.due_offset_days, self._lang)
        if not line.deadline or not line.original_deadline:
            return ""
        deadline, original = format_date(line.deadline), format_date(line.original_deadline)
        if deadline != original:
            deadline = self._say("{deadline} (originally {original})", deadline=deadline, original=original)
        if not line.past_because:
            return deadline
        return f"{deadline}\n{self._say('set when it was over: {reason}', reason=line.past_because)}"

    def _waiting_for_clearance(self) -> Table:
        lines = self._report.waiting_for_clearance
        title = f"{self._say('Waiting for a clearance')}: {self._number(len(lines))}"
        table = Table(title=title, title_justify="left")
        for heading in ("Task", "Unit", "Title", "Clearance", "Status"):
            table.add_column(self._say(heading), overflow="fold")
        for line in lines:
            name = line.title_en if self._lang == "en" and line.title_en else line.title_vi
            clearance = f"{line.clearance_id} ({line.holder})" if line.holder else line.clearance_id
            status = self._say(CLEARANCE_STATUSES[line.status]) + (f": {line.reason}" if line.reason else "")
            table.add_row(line.id, title_of(line.unit, self._lang), name, Text(clearance), Text(status))
        return table

    def _extensions(self) -> Table:
        extensions = self._report.extensions
        title = self._say(
            "Extensions of deadlines: {asked} asked for, {granted} granted, {refused} refused, {lapsed} lapsed, "
            "{pending} pending",
            **extensions.model_dump(exclude={"lines"}),
        )
        table = Table(title=title, title_justify="left")
        for heading in ("Task", "Unit", "Deadline", "Reason", "Outcome"):
            table.add_column(self._say(heading), overflow="fold")
        for line in extensions.lines:
            moved = f"{format_date(line.replaces)} → {format_date(line.deadline)}"
            outcome = self._say(EXTENSION_OUTCOMES[line.outcome])
            outcome += f" ({line.decided_by})" if line.decided_by else ""
            outcome += f": {line.refused_because}" if line.refused_because else ""
            reason = line.reason
            if line.past_because:
                reason += f"\n{self._say('asked for when it was over: {reason}', reason=line.past_because)}"
            table.add_row(line.id, title_of(line.unit, self._lang), moved, Text(reason), Text(outcome))
        return table

    def _documents(self) -> Table:
        report = self._report
        table = Table(
            title=f"{self._say('Documents on file')}: {self._number(len(report.documents))}", title_justify="left"
        )
        table.add_column(self._say("Symbol"))
        table.add_column(self._say("Unit"))
        table.add_column(self._say("Subject"))
        for document in report.documents:
            name = document.title_en if self._lang == "en" and document.title_en else document.title_vi
            table.add_row(document.symbol, title_of(document.unit, self._lang), name)
        return table

    def _footer(self) -> Group:
        report = self._report
        meetings = self._say(
            "{meetings} meetings on record, {points} points of conclusions",
            meetings=report.meetings,
            points=report.conclusion_points,
        )
        return Group(Text(meetings), Text(f"{self._say('Digest of the views')}: {report.digest}"))


def as_it_was(by: str, at: str, left_out: int, lang: Language) -> str:
    """Which instant is meant, and by which of an event's two times; `at` in words."""
    if by == "happened":
        sentence = "As it was by what had happened until {at}; {count} events on record happened later"
        return translate(sentence, lang, at=at, count=left_out)
    return translate("As it was by what was recorded until {at}", lang, at=at)


def scenario_line(scenario: InForce, lang: Language) -> str:
    """Which scenario is in force since when and why, and which units have yet to follow."""
    said = translate(
        "Scenario in force: {scenario} (switch {number}, {day}): {reason}",
        lang,
        scenario=translate(SCENARIO_NAMES[scenario.scenario], lang),
        number=scenario.number,
        day=format_date(local_date(scenario.at)),
        reason=scenario.reason,
    )
    if scenario.behind:
        said += f"\n{translate('Not followed yet: {units}', lang, units=_units(scenario.behind, lang))}"
    if scenario.unprepared:
        said += f"\n{unprepared_line(scenario.unprepared, lang)}"
    return said


def unprepared_line(units: Iterable[str], lang: Language) -> str:
    return translate("Without a prepared variant for this scenario: {units}", lang, units=_units(units, lang))


def _units(units: Iterable[str], lang: Language) -> str:
    return ", ".join(title_of(unit, lang) for unit in units)


def workload_tables(found: Workload, lang: Language) -> Iterable[Table]:
    """One table of collectives, one of individuals, the heaviest load first."""
    headings = ("Tasks", "Completed", "Not completed", "Overdue", "Coordinating")
    for title, loads in (("By collective", found.by_collective), ("By individual", found.by_individual)):
        table = Table(title=translate(title, lang), title_justify="left")
        table.add_column("")
        for heading in headings:
            table.add_column(translate(heading, lang), justify="right")
        table.add_column(translate("Register", lang), overflow="fold")
        for load in loads:
            cells = load.cells
            counts = (cells.tasks, cells.completed, load.open_tasks, cells.open_overdue, load.coordinating)
            known = "" if load.on_the_register else translate("not on the register", lang)
            table.add_row(_spelled(load, lang), *(format_number(number, lang) for number in counts), known)
        table.add_section()
        nobody = found.nobody
        without = (nobody.tasks, nobody.completed, nobody.open_tasks, nobody.open_overdue)
        table.add_row(translate("Nobody yet", lang), *(format_number(number, lang) for number in without))
        yield table


def _spelled(load: Load, lang: Language) -> Text:
    """The name, and beneath it how tasks spell it otherwise."""
    if not load.spellings:
        return Text(load.name)
    return Text(f"{load.name}\n({translate('also written', lang)}: {'; '.join(load.spellings)})")


def _bar(cells: Cells) -> Text:
    """The six cells as one bar of `BAR_WIDTH`; a cell that is not empty is at least one sign wide."""
    numbers = {name: number for name in CELLS if (number := getattr(cells, name))}
    widths = {name: max(1, number * BAR_WIDTH // cells.tasks) for name, number in numbers.items()}
    if numbers:
        widths[max(numbers, key=lambda name: numbers[name])] += BAR_WIDTH - sum(widths.values())
    bar = Text()
    for name, width in widths.items():
        _, sign, colour = CELLS[name]
        bar.append(sign * width, style=colour)
    return bar
