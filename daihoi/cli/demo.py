"""`daihoi demo`: the sample congress through the real services, reported on and proved."""

from datetime import date
from pathlib import Path

import typer

from daihoi.cli import console
from daihoi.cli.console import FreshOption, LangOption, TodayOption
from daihoi.cli.view_selection import day_option
from daihoi.ops.session import Session, open_session
from daihoi.ops.supervisor import running_services
from daihoi.ops.waiting import until_all_in_views
from daihoi.sample.sign_ins import provide_sign_ins
from daihoi.sample.story import Sample
from daihoi.sample.telling import check_only_the_sample_is_there, tell
from daihoi.terminal.audit import verdict_lines
from daihoi.terminal.report import Printer
from services.tracker.history.replay import Filter, replay
from services.tracker.history.verify import verify
from services.tracker.queries import consolidated_report
from shared.eventstore.canonical import indented, json_line
from shared.i18n import Language, translate
from shared.platform.settings import Settings
from shared.reports.consolidated import Report
from shared.unit.issuer import provide_issuer_keys
from shared.values.units import OPERATOR

EXPORTS = Path("out")


def demo(fresh: FreshOption = False, today: TodayOption = None, lang: LangOption = None) -> None:
    """Tell the sample congress through the real services, report on it and prove the report."""
    settings, language = console.begin(lang)
    holds = console.run(_demo(settings, fresh, day_option(today), language))
    raise typer.Exit(0 if holds else console.FOUND_WRONG)


async def _demo(settings: Settings, fresh: bool, today: date | None, lang: Language) -> bool:
    sample = Sample()
    EXPORTS.mkdir(exist_ok=True)  # what can't be written should be known before the story is told
    waiting = console.patience()
    async with open_session(settings, OPERATOR, fresh=fresh, begins=True, patience=waiting) as session:
        await check_only_the_sample_is_there(session, sample)
        provide_issuer_keys(settings)
        async with running_services(settings, session.servers, session.commands):
            with console.progress_bar(translate("The sample congress", lang)) as on_progress:
                await tell(session, sample, on_progress)
            await until_all_in_views(session)
            await provide_sign_ins(session.connection, settings)
            day = today or sample.today
            report = await consolidated_report(settings.congress, session.views, session.ledger, day)
            Printer(report, lang).print_on(console.out)
            with console.progress_bar(translate("Verifying", lang)) as on_progress:
                verdict = await verify(session.ledger, session.views, on_progress)
            console.print_drawn(verdict_lines(verdict, lang))
            await _export(session, report)
    return verdict.nothing_wrong


async def _export(session: Session, report: Report) -> None:
    (EXPORTS / "report.json").write_bytes(indented(report.model_dump(mode="json")))
    with (EXPORTS / "events.jsonl").open("wb") as file:
        async for line in replay(session.ledger, Filter()):
            file.write(json_line(line))
