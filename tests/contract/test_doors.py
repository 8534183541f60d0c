"""What comes to a running service over NATS that nobody meant: where answers may go, how large they are, what names
can be, and what a command id stands for."""

import json
from datetime import datetime
from uuid import uuid4

import pytest

from shared.unit.client import CommandClient
from shared.unit.problems import ProblemError
from tests.conftest import token_for
from tests.contract.test_faces import face, serving  # noqa: F401
from tests.contract.units import HALL, TASK
from tests.waiting import until

NO_INBOXES = (
    "evt.{congress}.logistics.task.1-05",
    "ledger.{congress}.evt",
    "cmd.{congress}.logistics.open-task",
    "$JS.API.STREAM.DELETE.EVENTS_LOGISTICS_{congress}",
    "somewhere",
)
ASKED = ("cmd.{congress}.{service}.start-task", "health.{congress}.{service}", "asyncapi.{congress}.{service}")


@pytest.mark.parametrize("service", ["logistics", "tracker"])
async def test_a_reply_subject_is_no_letter_box(face, serving, congress, service):  # noqa: F811
    posted = []

    async def on_message(message):
        posted.append((message.subject, bytes(message.data)))

    async with serving(service):
        for subject in (f"evt.{congress}.>", f"ledger.{congress}.>", "somewhere"):
            await face.connection.subscribe(subject, cb=on_message)
        for asked in ASKED[service == "tracker" :]:  # it takes no commands, and the broker itself would say so
            for reply in NO_INBOXES:
                names = {"congress": congress, "service": service}
                await face.connection.publish(asked.format(**names), b"{}", reply=reply.format(**names))
        assert (await face.client.health(service)).ready
        await face.connection.flush()
        assert (posted, await face.written()) == ([], 0)


async def test_a_command_whose_answer_may_go_nowhere_is_not_done_and_one_without_a_reply_is(face, serving, congress):  # noqa: F811
    headers = {"Authorization": f"Bearer {token_for(face.settings, 'logistics.lead')}"}

    async def tell(task_id, reply=""):
        body = json.dumps({"command_id": str(uuid4()), "data": TASK | {"task_id": task_id}}).encode()
        subject = f"cmd.{congress}.logistics.open-task"
        await face.connection.publish(subject, body, reply=reply, headers=headers)

    async def one_is_written():
        return await face.written() == 1

    async with serving("logistics"):
        await tell("1-01", reply=f"evt.{congress}.logistics.task.1-05")
        await tell("1-02")
        await until(one_is_written)
    (opened,) = await face.history("logistics")
    assert opened.subject == "1-02"


async def test_a_request_with_thousands_of_mistakes_is_answered_with_the_first_of_them(face, serving):  # noqa: F811
    async with serving("subcommittee"):
        with pytest.raises(ProblemError) as raised:
            await face.send("subcommittee", "register-organisations", {f"f{number}": 1 for number in range(6000)})
        problem = raised.value.problem
        assert (problem.code, len(problem.errors)) == ("invalid_input", 20)
        assert problem.error_count >= 6000


async def test_an_answer_larger_than_the_broker_carries_says_what_was_done(face, serving, monkeypatch):  # noqa: F811
    entries = [{"organisation_id": f"so-{number}", "kind": "agency", "name": {"vi": "Sở"}} for number in range(12)]
    async with serving("subcommittee"):
        monkeypatch.setattr("shared.unit.answering.HEADERS_BYTES", face.connection.max_payload - 1500)
        with pytest.raises(ProblemError) as raised:
            await face.send("subcommittee", "register-organisations", {"entries": entries})
        assert raised.value.problem.code == "answer_too_large"
        assert "12" in raised.value.problem.detail
        assert await face.written() == 12


@pytest.mark.parametrize("name", ["", " ", "a b", "open-task.x", "*", ">", "x\r\nPUB evt.x.y 2\r\n{}", "đ"], ids=repr)
async def test_what_is_no_name_is_refused_by_name_and_the_connection_lives(connection, settings, name):
    client, token = CommandClient(connection, settings.congress), token_for(settings, "logistics.lead")

    async def code(asking):
        with pytest.raises(ProblemError) as raised:
            await asking
        return raised.value.problem.code

    sent = {"data": TASK, "token": token, "command_id": uuid4()}
    assert await code(client.send("logistics", name, **sent)) == "unknown_command"
    assert await code(client.send(name, "open-task", **sent)) == "bad_name"
    assert await code(client.health(name)) == await code(client.healths(name)) == "bad_name"
    assert await code(client.asyncapi(name)) == "bad_name"
    assert await code(CommandClient(connection, name).send("logistics", "open-task", **sent)) == "bad_name"
    await connection.flush()
    assert connection.is_connected


@pytest.mark.parametrize("token", ["a b", "a\r\nPUB x 0\r\n", "đ", "a" * 5000], ids=["blank", "line", "đ", "huge"])
async def test_what_can_be_no_token_is_not_sent(connection, settings, token):
    with pytest.raises(ProblemError) as raised:
        await CommandClient(connection, settings.congress).send(
            "logistics", "open-task", TASK, token=token, command_id=uuid4()
        )
    assert raised.value.problem.code == "invalid_token"


# --- a command id stands for one command ---
async def test_a_command_id_used_again_for_something_else_is_a_conflict(face, serving):  # noqa: F811
    happened = datetime.fromisoformat("2020-09-10T09:00:00+07:00")
    hall = HALL | {"name": {"vi": "Hội trường"}}

    async with serving("logistics"):
        first_id = uuid4()

        async def send(data, by="officer", command="register-resource", at=None):
            token = token_for(face.settings, f"logistics.{by}")
            try:
                return await face.client.send(
                    "logistics", command, data, token=token, command_id=first_id, happened=at
                )
            except ProblemError as error:
                return error.problem.code, error.problem.status

        first = await send(hall)
        assert first.events
        assert await send(dict(reversed(hall.items()))) == first
        reused = ("command_id_reused", 409)
        assert await send(hall | {"capacity": 1}) == reused
        assert await send(hall, by="lead") == reused
        assert await send(hall, at=happened) == reused
        assert await send(
            {"resource_id": hall["resource_id"], "reservation_id": "r"}, command="release-reservation"
        ) == (reused)
        assert await send(hall) == first
    async with serving("logistics"):
        assert await send(hall | {"capacity": 1}) == reused
        assert await send(hall) == first
    assert await face.written() == 1
