"""The consolidated report for people, on a terminal, in Vietnamese or English."""

from collections.abc import Iterator, Mapping

from rich.cells import cell_len
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from daihoi.ops.congress import title_in
from daihoi.terminal import labels
from daihoi.terminal.annex_blocks import annex_blocks
from daihoi.terminal.annex_table import WIDTH, annex_table
from daihoi.terminal.duties_table import duties_table
from daihoi.terminal.issued_reports import issued_line
from daihoi.terminal.money_tables import disbursement_table, guarantees_table
from daihoi.terminal.reviews import review_coverage_table, reviews_table
from daihoi.terminal.scenario_tables import scenario_line
from daihoi.terminal.section_tables import (
    coming_table,
    conditions_table,
    late_table,
    obstacles_table,
    stopped_table,
)
from daihoi.terminal.task_lists import extensions_table, filed_table, missing_table, tasks_table, waiting_table
from shared.i18n import Language, format_date, format_number, render, translate
from shared.reports.cells import DUE_SOON, Cells, Share
from shared.reports.consolidated import Movements, Report
from shared.reports.issued_reports import IssuedReport
from shared.values.units import title_of

BAR_WIDTH = 16
FRAME = 6
"""Columns that the frame takes beside a title in it."""
WIDE_WITH_MOVEMENTS = 130
"""Columns of a terminal from which on there is room for bars beside numbers that moved."""

type Moves = Mapping[str, int]
"""How far each cell moved."""


class Printer:
    """Prints one report, and says how it was `issued` if it was; every sentence goes through the language's
    catalogue."""

    def __init__(self, report: Report, lang: Language, issued: IssuedReport | None = None) -> None:
        self._report = report
        self._lang = lang
        self._issued = issued
        self._is_wide = True

    def print_on(self, console: Console) -> None:
        report = self._report
        self._is_wide = console.width >= (WIDE_WITH_MOVEMENTS if report.movements else labels.WIDE)
        console.print(self._heading(console.width))
        console.print(self._totals())
        console.print(conditions_table(report, self._lang))
        for breakdown in self._breakdowns():
            console.print(breakdown)
        console.print(guarantees_table(report, self._lang))
        console.print(disbursement_table(report, self._lang, is_wide=console.width >= labels.WIDE))
        console.print(missing_table(report, self._lang))
        if report.reviews.latest:
            console.print(reviews_table(report, self._lang, is_wide=self._is_wide))
            console.print(review_coverage_table(report, self._lang))
        due_soon = self._say("Due within {days} days", days=DUE_SOON.days)
        console.print(_list_of(late_table(report, self._lang)))
        console.print(_list_of(tasks_table(due_soon, report.due_soon, self._lang)))
        console.print(_list_of(coming_table(report, self._lang)))
        for lines, table in ((report.obstacles.lines, obstacles_table), (report.stopped, stopped_table)):
            if lines:
                console.print(table(report, self._lang))
        if report.duties.totals.tasks or report.duties.not_opened:
            self._print_duties(console)
        if report.waiting_for_clearance:
            console.print(waiting_table(report.waiting_for_clearance, self._lang))
        console.print(_list_of(extensions_table(report.extensions, self._lang)))
        console.print(_list_of(filed_table(report, self._lang)))
        console.print(self._footer())

    def print_annex_on(self, console: Console) -> None:
        """The annex alone, under the heading of the report."""
        console.print(self._heading(console.width))
        if console.width >= WIDTH:
            console.print(annex_table(self._report.annex, self._lang, console.width))
        else:
            for part in annex_blocks(self._report.annex, self._lang):
                console.print(part)
        console.print(self._digest())

    def _print_duties(self, console: Console) -> None:
        duties = self._report.duties
        console.print(duties_table(duties, self._lang, is_wide=console.width >= labels.WIDE))
        for title, lines in (
            (self._say("Duties that lack an essential"), duties.lacking),
            (self._say("Overdue duties"), duties.overdue),
            (self._say("Duties due within {days} days", days=DUE_SOON.days), duties.due_soon),
        ):
            if lines:
                console.print(tasks_table(title, lines, self._lang))

    def _say(self, sentence: str, **params: object) -> str:
        return translate(sentence, self._lang, **params)

    def _number(self, number: int) -> str:
        return format_number(number, self._lang)

    def _share(self, share: Share) -> str:
        return labels.share_in_words(share, self._lang)

    def _heading(self, width: int) -> Panel:
        """The title stands in the frame, or where it is too long for that as the first line."""
        as_of = self._report.as_of
        today = format_date(as_of.today)
        lines = [self._say("As of {today} · ledger event {sequence}", today=today, sequence=as_of.sequence)]
        if as_of.at:
            at = labels.instant_in_words(as_of.at, self._lang)
            lines.append(labels.as_it_was(as_of.by or "", at, as_of.left_out, self._lang))
        if self._issued:
            lines.append(issued_line(self._issued, self._lang))
        if moved := self._report.movements:
            lines.append(self._since(moved))
        if as_of.ledger_sequence > as_of.sequence:
            lag = as_of.ledger_sequence - as_of.sequence
            lines.append(self._say("{lag} newer events are not in this report yet; is the tracker running?", lag=lag))
        if as_of.parked:
            lines.append(self._say("{count} events are parked: they are not in these numbers.", count=as_of.parked))
        lines += [
            self._say("Events are missing from {stream} at {sequence}.", stream=stream, sequence=sequence)
            for stream, sequence in as_of.gaps.items()
        ]
        if self._report.scenario:
            lines.append(scenario_line(self._report.scenario, self._lang))
        lines += [source.get(self._lang) or source["vi"] for source in self._report.sources]
        title = self._say("Consolidated report of the congress {congress}", congress=self._report.congress)
        if self._report.particulars:
            name = title_in(self._report.particulars, self._report.congress, self._lang)
            title = self._say("Consolidated report: {title}", title=name)
        text = Text("\n".join(lines))
        if cell_len(title) > width - FRAME:
            return Panel(Text.assemble((title, "bold"), "\n", text), expand=False)
        return Panel(text, title=Text(title, style="bold"), expand=False)

    def _since(self, moved: Movements) -> str:
        if moved.issued:
            day = format_date(moved.since.today)
            sentence = "With each number: how it moved since report {symbol} for {day}"
            return self._say(sentence, symbol=moved.issued, day=day)
        at = labels.instant_in_words(moved.since.at or str(moved.since.sequence), self._lang)
        return self._say("With each number: how it moved since {at}", at=at)

    def _totals(self) -> Table:
        totals, moved = self._report.totals, self._report.movements
        moves = moved.totals if moved else {}
        table = labels.table_of(self._say("Status of all tasks"), self._lang, "Status")
        labels.add_columns(table, self._lang, "Tasks", "Share", justify="right")
        for name, (label, sign, colour) in labels.CELLS.items():
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

    def _breakdowns(self) -> Iterator[Table]:
        report, moved = self._report, self._report.movements
        units = {unit: title_of(unit, self._lang) for unit in report.by_unit}
        groups = {number: labels.group_name(number, group, self._lang) for number, group in report.by_group.items()}
        phases = {phase: render(labels.PHASE_NAMES[phase], self._lang) for phase in report.by_phase}
        yield self._breakdown("By unit", units, report.by_unit, moved.by_unit if moved else {})
        yield self._breakdown("By task group", groups, report.by_group, moved.by_group if moved else {})
        yield self._breakdown("By phase", phases, report.by_phase, moved.by_phase if moved else {})

    def _breakdown(
        self, title: str, names: Mapping[str, str], rows: Mapping[str, Cells], moves: Mapping[str, Moves]
    ) -> Table:
        table = labels.table_of(self._say(title), self._lang, "")
        labels.add_columns(table, self._lang, "Tasks", justify="right")
        for _, sign, colour in labels.CELLS.values():
            table.add_column(Text(sign, style=colour), justify="right")
        if self._is_wide:
            table.add_column("", no_wrap=True)
        labels.add_columns(table, self._lang, "Completed", justify="right", no_wrap=True)
        for key, name in names.items():
            table.add_row(name, *self._numbers(rows[key], moves.get(key, {})))
        table.add_section()
        moved = self._report.movements
        table.add_row(self._say("Total"), *self._numbers(self._report.totals, moved.totals if moved else {}))
        return table

    def _numbers(self, cells: Cells, moves: Moves) -> Iterator[Text | str]:
        between = " " if self._is_wide else "\n"
        for name in ("tasks", *labels.CELLS):
            yield self._with_movement(getattr(cells, name), moves.get(name, 0), between)
        if self._is_wide:
            yield _bar(cells)
        yield self._share(cells.completion)

    def _with_movement(self, number: int, moved: int, between: str = " ") -> Text:
        """`12`, or `12 +3` where it moved."""
        movement = f"{between}{'+' if moved > 0 else '−'}{self._number(abs(moved))}" if moved else ""
        return Text.assemble(self._number(number), (movement, "bold"))

    def _footer(self) -> Group:
        report = self._report
        meetings = self._say(
            "{meetings} meetings on record, {points} points of conclusions",
            meetings=report.meetings,
            points=report.conclusion_points,
        )
        return Group(Text(meetings), self._digest())

    def _digest(self) -> Text:
        return Text(f"{self._say('Digest of the views')}: {self._report.digest}")


def _list_of(table: Table) -> Table | Text:
    """Where nothing is on it, its title says so alone."""
    return table if table.row_count else Text(f"{table.title}", style="italic")


def _bar(cells: Cells) -> Text:
    """The six cells as one bar of `BAR_WIDTH`; a cell that is not empty is at least one sign wide."""
    numbers = {name: number for name in labels.CELLS if (number := getattr(cells, name))}
    widths = {name: max(1, number * BAR_WIDTH // cells.tasks) for name, number in numbers.items()}
    if numbers:
        widths[max(numbers, key=lambda name: numbers[name])] += BAR_WIDTH - sum(widths.values())
    bar = Text()
    for name, width in widths.items():
        _, sign, colour = labels.CELLS[name]
        bar.append(sign * width, style=colour)
    return bar
