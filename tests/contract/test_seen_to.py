"""What a policy could not do is listed until a person has seen to it: by letting it try again, or otherwise."""

import asyncio
import json

from typer.testing import CliRunner

from daihoi.cli.main import app
from shared.eventstore.ledger import Ledger
from shared.unit.problems import ProblemError
from shared.unit.unseen import Unseen
from tests.conftest import token_for
from tests.congress import settled
from tests.contract.test_faces import VENUES, face, reserve, serving  # noqa: F401
from tests.waiting import until

BY_HAND = {"clearance_id": "clearance-hall-delegates", "kind": "place", "holder": "x", "purpose": "y"}


async def left(face):  # noqa: F811
    found = await Unseen(face.connection, face.settings.congress).now()
    return [(each.service, each.refused.policy, each.refused.sequence, each.refused.code) for each in found]


async def codes(face, service):  # noqa: F811
    return {each.code for each in (await face.client.health(service)).findings}


async def outcome(face, *told, by="lead"):  # noqa: F811
    try:
        return [each.type.split(".")[-2] for each in (await face.send("security", *told, by=by)).events]
    except ProblemError as error:
        return error.problem.code


async def test_what_a_rule_refused_is_retried_or_settled_by_the_lead(face, serving):  # noqa: F811
    async with serving("logistics", "security"):
        await face.send("security", "request-clearance", BY_HAND)
        await settled(Ledger(face.connection, face.settings.congress), 1)  # two streams come in any order
        await reserve(face, "hall", "hall")
        await face.policies_are_done("security")
        assert await left(face) == [("security", VENUES, 3, "clearance_already_requested")]
        assert await codes(face, "security") == {"policy_refusals"}
        again = ("retry-policy", {"policy": VENUES, "sequence": 3})
        assert await outcome(face, *again, by="officer") == "not_the_lead"
        assert await outcome(face, "retry-policy", {"policy": "nobody's", "sequence": 3}) == "policy_not_found"
        assert await outcome(face, "retry-policy", {"policy": VENUES, "sequence": 99}) == "ledger_event_not_found"
        assert await outcome(face, "retry-policy", {"policy": VENUES, "sequence": 0}) == "invalid_input"
        assert await outcome(face, *again) == "clearance_already_requested"
        (refusal,) = await Unseen(face.connection, face.settings.congress).now()
        settle = ("settle-policy-refusal", {"cause": refusal.cause, "policy": VENUES, "reason": "Đã có"})
        assert await outcome(face, *settle, by="officer") == "not_the_lead"
        assert await outcome(face, *settle) == ["resolved"]
        assert await outcome(face, *settle) == "policy_refusal_not_found"
        assert await left(face) == []
        assert await codes(face, "security") == set()


async def test_an_event_that_could_not_be_read_is_done_or_discarded_and_the_list_shrinks(face, serving, congress):  # noqa: F811
    subject = f"evt.{congress}.logistics.resource.hall"
    async with serving("subcommittee", "security"):
        await face.connection.jetstream().publish(subject, b"garbage")

        async def listed():
            return await left(face) == [("security", VENUES, 1, "unreadable_event")]

        await until(listed)
        again = ("retry-policy", {"policy": VENUES, "sequence": 1})
        assert await outcome(face, *again) == "event_still_unreadable"
        discard = {"sequence": 1, "stored_under": subject, "origin_sequence": 1, "reason": "Không phải sự kiện"}
        await face.send("subcommittee", "discard-parked-event", discard)

        async def resolved():
            return await outcome(face, *again) == ["resolved"]

        await until(resolved)
        assert await left(face) == []
        assert await outcome(face, *again) == []


async def daihoi(*arguments, **environment):
    """The exit code, and what was said on stdout and stderr."""
    ended = await asyncio.to_thread(CliRunner(env=environment).invoke, app, list(arguments))
    return ended.exit_code, ended.stdout, ended.stderr


async def test_the_command_line_lists_what_policies_could_not_do_and_sees_to_it(face, serving):  # noqa: F811
    lead = {"DAIHOI_TOKEN": token_for(face.settings, "security.lead"), "DAIHOI_LANG": "en"}
    async with serving("logistics", "security"):
        await face.send("security", "request-clearance", BY_HAND)
        await reserve(face, "hall", "hall")
        await face.policies_are_done("security")
        code, told, _ = await daihoi("policies", "list", "--format", "json")
        (listed,) = json.loads(told)
        assert (code, listed["service"], listed["refused"]["policy"]) == (0, "security", VENUES)
        assert VENUES in (await daihoi("policies", "list"))[1]
        named = ("security", VENUES, str(listed["refused"]["sequence"]))
        code, _, problem = await daihoi("policies", "retry", *named, **lead)
        assert (code, problem.partition(":")[0]) == (1, "clearance_already_requested")
        assert (await daihoi("policies", "retry", "nobody", *named[1:], **lead))[0] == 2
        assert (await daihoi("policies", "settle", *named, "--reason", "Đã có", **lead))[0] == 0
        assert json.loads((await daihoi("policies", "list", "--format", "json"))[1]) == []
        code, _, problem = await daihoi("policies", "settle", *named, "--reason", "Đã có", **lead)
        assert (code, problem.partition(":")[0]) == (1, "policy_refusal_not_found")
