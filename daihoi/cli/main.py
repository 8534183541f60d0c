"""`daihoi`: the table of all commands. What a command needs is loaded when it is called, and its line in the list of
commands stands here, where nothing has to be loaded to show it.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer

from daihoi.cli.groups import CommandGroup, Group, command_of
from daihoi.cli.language import Lang
from daihoi.cli.shell import FOUND_WRONG, run_in_shell
from shared.platform.memory import collect_rarely


class Entry(NamedTuple):
    """Where a command stands, `module:name`, and what it is for: its docstring, which a test compares."""

    place: str
    help: str


COMMANDS: Mapping[str, Entry] = {
    "up": Entry("running:up", "Run the servers and all services until Ctrl-C."),
    "service": Entry("running:service", "Run one service in this process."),
    "demo": Entry(
        "demo:demo", "Tell the sample congress through the real services, report on it and prove the report."
    ),
    "send": Entry("sending:send", "Send one command and print the answer."),
    "token": Entry("issuing:token", "Mint a bearer token with the local issuer key."),
    "keys": Entry(
        "issuing:keys",
        "Make the issuer's key pair where there is none: the private half for the directory's owner, the public half "
        "for everybody.",
    ),
    "health": Entry("running:health", "Ask a running service how it is; exit 1 when it is not ready."),
    "doctor": Entry(
        "doctor:doctor",
        "Look at everything that has to work, and say what is wrong and what to do; exit 1 where somebody has to "
        "act.",
    ),
    "report": Entry("report:report", "The consolidated report, as things stand or as of an instant."),
    "workload": Entry(
        "view_reports:workload", "Who carries how much: tasks by collective and by individual in charge."
    ),
    "duties": Entry("view_reports:duties", "The continuing duties: locality by duty by phase, who is behind first."),
    "coverage": Entry("view_reports:coverage", "Publications released, by channel and day, and how many still wait."),
    "expenses": Entry(
        "view_reports:expenses",
        "Money by task: estimated, guaranteed, advanced, spent, left, and what to look at.",
    ),
    "clearances": Entry(
        "view_reports:clearances",
        "Clearances: how security decided, which tasks need them, and which units have heard.",
    ),
    "incidents": Entry(
        "view_reports:incidents", "Incidents; their details are shown to security and the auditor only."
    ),
    "trace": Entry(
        "view_reports:trace_order",
        "From a point of a conclusion to all that was done for it; from a task back to the sentence that ordered it.",
    ),
    "view": Entry(
        "view:view",
        "The documents of a view: as a table where there is a listing of it, otherwise one a line, as JSON.",
    ),
    "documents": Entry("view_reports:documents", "The documents on file, with what looks odd; next-number."),
    "scenario": Entry("scenario:scenario", "Scenarios: show, compare, switch."),
    "catalogue": Entry("catalogue:catalogue", "The catalogue of work: import."),
    "audit": Entry("audit:audit", "The event history: replay, timeline, as-of, diff, verify."),
    "rebuild": Entry(
        "rebuild:rebuild_views",
        "Fold all views again from the first event, and put them in place of the live ones.",
    ),
    "parked": Entry("parked:parked", "What the tracker could not take in: list, show, retry, discard."),
    "policies": Entry("policies:policies", "What policies could not do: list, retry, settle."),
    "streams": Entry("streams:streams", "The streams of the congress: provision, restore."),
    "asyncapi": Entry(
        "asyncapi:asyncapi", "What a service speaks: its commands, answers, events and subjects, as AsyncAPI 3.0."
    ),
}


class Program(Group):
    """Loads a command when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def help_lines(self, ctx: Any) -> dict[str, str]:
        return {name: entry.help for name, entry in COMMANDS.items()}

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].place.partition(":")
        return command_of(getattr(import_module(f"daihoi.cli.{module}"), name), cmd_name)

    def invoke(self, ctx: Any) -> Any:
        """What a service refuses, or goes wrong outside, becomes a sentence and exit code 1."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.TyperException):
            raise
        except (Exception, KeyboardInterrupt) as error:
            from daihoi.cli.failures import say_expected

            if not say_expected(error):
                raise
            raise typer.Exit(FOUND_WRONG) from error


app = CommandGroup("Prepares a large official congress.", cls=Program)


@app.callback()
def _before_any_command(
    lang: Annotated[Lang | None, typer.Option(is_eager=True, help="vi or en; otherwise DAIHOI_LANG.")] = None,
) -> None:
    """The language is taken from the arguments before they are parsed, and looked at before any help is shown."""


def main() -> None:
    collect_rarely()
    run_in_shell(lambda: app(prog_name="daihoi"))


if __name__ == "__main__":
    main()
