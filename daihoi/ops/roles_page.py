"""`python -m daihoi.ops.roles_page` writes `docs/roles.md`: the table of roles, and the commands that are not every
member's to give."""

from collections.abc import Iterator
from pathlib import Path

from daihoi.ops.charters import service_named
from shared.domain.decider import Command
from shared.domain.ranks import Act
from shared.unit.asyncapi import sentence_of
from shared.unit.roles import MAY, ONLY_AT, Role, Where
from shared.unit.service import UnitService
from shared.values.units import SUBCOMMITTEE, WITH_CODE, default_title

PAGE = Path(__file__).parents[2] / "docs" / "roles.md"
HEAD = """# Roles

Made by `make roles` from the table in `shared/unit/roles.py` and from what each command declares. Commands over NATS
and HTTP, pages, masking and tests go by it. Who somebody is follows from the token: `logistics.lead` is the lead of
logistics, `logistics.deputy` and `logistics.deputy-2` are deputies, every other position of a unit is a member's."""
WHO: dict[Role, str] = {
    Role.MEMBER: "any position of a support unit",
    Role.DEPUTY: "its deputies",
    Role.LEAD: "its lead",
    Role.OF_SUBCOMMITTEE: "any position of the sub-committee",
    Role.DEPUTY_OF_SUBCOMMITTEE: "its deputies",
    Role.LEAD_OF_SUBCOMMITTEE: "its lead",
    Role.LEADER: "`leaders.…`: who directs the work, and reads",
    Role.AUDITOR: "`auditor.…`: who inspects it, and reads",
    Role.OPERATOR: "who runs the servers, with the keys that are there",
}
OPERATOR_SIGNS_IN_NOWHERE = """
Nobody signs in as `operator`, and no token is minted for one: who runs the servers has the operator's NATS
credentials, keeps accounts by `daihoi accounts`, and takes part in the work with a position of their own."""
WHERE = {Where.NOWHERE: "–", Where.OWN: "own unit", Where.EVERYWHERE: "everywhere"}
TAKES = {Act.DECIDE: "lead or deputy", Act.SIGN: "lead", Act.FOLLOW: "the unit's policies alone"}
ACTS = [act for act in Act if act is not Act.FOLLOW]


def page() -> str:
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield f"{HEAD}\n\n## Who may do what, and where\n"
    yield f"| role | who that is | {' | '.join(ACTS)} |"
    yield f"|---|---|{'---|' * len(ACTS)}"
    for role in Role:
        cells = (WHERE[MAY[role].get(act, Where.NOWHERE)] for act in ACTS)
        yield f"| {role} | {WHO[role]} | {' | '.join(cells)} |"
    for act, units in ONLY_AT.items():
        titles = ", ".join(sorted(default_title(unit, "en") for unit in units))
        yield f"\n`{act}` at one's own unit holds for these alone: {titles}."
    yield OPERATOR_SIGNS_IN_NOWHERE
    yield "\n## Commands that are not every member's\n"
    yield "Every other takes `record`; a rule may still want a second person, or whoever recorded what is corrected."
    support = [service_named(unit.id) for unit in WITH_CODE]
    shared = [command for command in _restricted(support[0]) if all(command in _given(unit) for unit in support)]
    yield from _table("Every support unit", shared)
    for service in (service_named(SUBCOMMITTEE), *support):
        yield from _table(
            default_title(service.name, "en"), [each for each in _restricted(service) if each not in shared]
        )


def _table(title: str, commands: list[type[Command]]) -> Iterator[str]:
    if not commands:
        return
    yield f"\n### {title}\n\n| command | for | |\n|---|---|---|"
    for command in commands:
        yield f"| `{command.NAME}` | {TAKES[command.GIVEN_BY]} | {sentence_of(command)} |"


def _given(service: UnitService) -> list[type[Command]]:
    return [*(command for each in service.aggregates for command in each.public_commands), *service.offered]


def _restricted(service: UnitService) -> list[type[Command]]:
    return [command for command in _given(service) if command.GIVEN_BY in TAKES]


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
