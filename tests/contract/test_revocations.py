"""What the sub-committee's lead has revoked is refused by every service, from its first command on."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from uuid import uuid4

import jwt
import pytest

from daihoi.ops.doctor import examine
from daihoi.ops.reading import may_read_restricted
from services.tracker.history.replay import Filter, replay
from shared.domain.decider import Actor, Refused
from shared.events.revocation import RevocationRecorded
from shared.unit import revocations, tokens
from shared.unit.issuer import held_private_key, id_of_private
from shared.unit.problems import ProblemError
from shared.unit.requests import CLOCK_SKEW
from shared.unit.revocations import Revocations
from shared.unit.rotation import rotate_keys
from shared.unit.tokens import Bearer, id_of, mint_token
from tests.conftest import token_for
from tests.congress import settled
from tests.contract.test_faces import face, serving  # noqa: F401
from tests.contract.units import TASK
from tests.program import Shell
from tests.waiting import until

HOUR = timedelta(hours=1)
LATER = datetime.now(UTC) + HOUR
EVERY_S = revocations.LOOK_EVERY_S
SOON = CLOCK_SKEW + timedelta(minutes=1)
"""After what clocks may differ by, and not while the revocation is still on its way."""
AHEAD = CLOCK_SKEW - timedelta(seconds=2)
"""What the fastest clock that is taken writes into a token now."""


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    """What the ledger has is known to the next command."""
    monkeypatch.setattr(revocations, "LOOK_EVERY_S", 0)


@pytest.fixture
def soon_is_now(monkeypatch):
    """Services take a token that will be minted `SOON`, so that nobody has to wait for it."""
    monkeypatch.setattr(tokens, "CLOCK_SKEW", HOUR)


@pytest.fixture
def office(face):  # noqa: F811
    return Office(face)


class Office:
    """The sub-committee's lead, and a unit's commands under tokens that others hold."""

    def __init__(self, face):  # noqa: F811
        self.face = face

    async def revoke(self, what, named, since=timedelta(), by="lead"):
        """Once the ledger has it."""
        data = {
            "revocation_id": uuid4().hex,
            "what": what,
            "named": named,
            "since": (datetime.now(UTC) + since).isoformat(timespec="seconds"),
            "reason": "Máy tính bị mất",
        }
        await self.face.send("subcommittee", "record-revocation", data, by=by)
        await settled(self.face.ledger, await self.face.written())

    async def outcome(self, token, service="logistics"):
        """The code of a refusal, or the kind of event that came of a command."""
        data = TASK | {"task_id": uuid4().hex}
        command = ("open-task", data) if service == "logistics" else ("issue-directive", directive())
        try:
            answer = await self.face.client.send(service, *command, token=token, command_id=uuid4())
        except ProblemError as error:
            return error.problem.code
        return answer.events[0].type.split(".")[-2]

    def token(self, actor="logistics.lead", later=timedelta()):
        private_key = self.face.settings.issuer_private_key_path.read_bytes()
        who = Actor(actor, actor.partition(".")[0])
        return mint_token(private_key, self.face.settings.congress, who, datetime.now(UTC) + later, HOUR)


def directive():
    return {"directive_id": uuid4().hex, "kind": "work", "text": {"vi": "Chuẩn bị"}, "units": ["logistics"]}


async def test_a_revoked_token_is_refused_in_both_languages_and_others_of_its_position_are_not(office, serving):  # noqa: F811
    lost, kept = office.token(), office.token()
    async with serving("subcommittee", "logistics"):
        assert await office.outcome(lost) == "opened"
        await office.revoke("token", id_of(lost))
        with pytest.raises(ProblemError) as raised:
            await office.face.client.send("logistics", "open-task", TASK, token=lost, command_id=uuid4())
        problem = raised.value.problem
        assert (problem.code, problem.status) == ("token_revoked", 401)
        assert f"the token {id_of(lost)} was revoked as of" in problem.detail
        assert f"mã xác thực {id_of(lost)} đã bị thu hồi kể từ" in problem.detail_vi
        assert "Máy tính" not in problem.detail + problem.detail_vi, "why is the sub-committee's business"
        assert await office.outcome(kept) == "opened"


async def test_a_service_that_is_started_again_refuses_what_was_revoked_from_its_first_command_on(office, serving):  # noqa: F811
    lost = office.token()
    async with serving("subcommittee"):
        await office.revoke("token", id_of(lost))
    for _ in range(2):
        async with serving("logistics"):
            outcomes = await asyncio.gather(*(office.outcome(lost) for _ in range(20)))
            assert set(outcomes) == {"token_revoked"}


async def test_of_a_position_the_tokens_so_far_are_refused_and_its_next_holder_is_not(office, serving, soon_is_now):  # noqa: F811
    before, deputy, after = office.token(), office.token("logistics.deputy"), office.token(later=SOON)
    async with serving("subcommittee", "logistics"):
        await office.revoke("position", "logistics.lead")
        outcomes = [await office.outcome(token) for token in (before, deputy, after)]
    assert outcomes == ["token_revoked", "opened", "opened"]


async def test_a_token_given_before_it_by_a_clock_that_was_ahead_is_refused_as_well(office, serving):  # noqa: F811
    ahead = office.token(later=AHEAD)
    async with serving("subcommittee", "logistics"):
        assert await office.outcome(ahead) == "opened"
        await office.revoke("position", "logistics.lead")
        with pytest.raises(ProblemError) as raised:
            await office.face.client.send("logistics", "open-task", TASK, token=ahead, command_id=uuid4())
    problem = raised.value.problem
    assert problem.code == "token_revoked"
    assert re.search(r"One that is given from .* on is taken\.$", problem.detail)
    assert re.search(r"Mã cấp từ .* trở đi được chấp nhận\.$", problem.detail_vi)


async def test_a_revoked_key_refuses_all_its_tokens_and_the_next_key_goes_on(office, serving, soon_is_now):  # noqa: F811
    settings = office.face.settings
    private_key = settings.issuer_private_key_path.read_bytes()
    claims = jwt.decode(office.token(), options={"verify_signature": False})
    of_before = jwt.encode({name: claims[name] for name in claims if name != "jti"}, private_key, algorithm="EdDSA")
    async with serving("subcommittee", "logistics"):
        assert await office.outcome(of_before) == "opened"
        await office.revoke("key", id_of_private(private_key))
        of_old = [of_before, office.token(), office.token("logistics.deputy"), office.token(later=SOON)]
        assert {await office.outcome(token) for token in of_old} == {"token_revoked"}
        assert await office.outcome(office.token("subcommittee.lead"), "subcommittee") == "token_revoked"
        rotate_keys(settings, at_once=True)
        assert await office.outcome(office.token()) == "opened"
        assert await office.outcome(office.token("subcommittee.lead"), "subcommittee") == "issued"


async def test_a_revocation_for_later_waits_and_one_dated_back_holds_at_once(office, serving):  # noqa: F811
    token, other = office.token(), office.token("logistics.deputy")
    async with serving("subcommittee", "logistics"):
        await office.revoke("token", id_of(token), since=HOUR)
        await office.revoke("position", "logistics.deputy", since=-24 * HOUR)
        assert (await office.outcome(token), await office.outcome(other)) == ("opened", "token_revoked")


async def test_the_lead_can_revoke_the_own_tokens_and_goes_on_with_a_new_one(office, serving, soon_is_now):  # noqa: F811
    own, new = office.token("subcommittee.lead"), office.token("subcommittee.lead", later=SOON)
    async with serving("subcommittee"):
        await office.revoke("position", "subcommittee.lead")
        outcomes = [await office.outcome(token, "subcommittee") for token in (own, new)]
    assert outcomes == ["token_revoked", "issued"]


async def test_nobody_else_revokes_and_what_is_no_revocation_stops_none(office, serving, congress):  # noqa: F811
    token = office.token()
    async with serving("subcommittee", "logistics"):
        for by in ("deputy", "officer"):
            with pytest.raises(ProblemError, match="no_right_to_revoke"):
                await office.revoke("token", id_of(token), by=by)
        garbage = f"evt.{congress}.subcommittee.revocation.garbage"
        await office.face.connection.jetstream().publish(garbage, b"{}")
        assert await office.outcome(token) == "opened"
        await office.revoke("token", id_of(token))
        assert await office.outcome(token) == "token_revoked"


async def test_a_service_that_was_running_learns_of_it_by_itself(office, serving, monkeypatch):  # noqa: F811
    monkeypatch.setattr(revocations, "LOOK_EVERY_S", EVERY_S)
    token = office.token()

    async def is_refused():
        return await office.outcome(token) == "token_revoked"

    async with serving("subcommittee", "logistics"):
        assert await office.outcome(token) == "opened"
        await office.revoke("token", id_of(token))
        await until(is_refused)


async def test_a_reader_whose_token_is_revoked_reads_no_more_than_others(office, serving):  # noqa: F811
    settings, token = office.face.settings, token_for(office.face.settings, "auditor.chief")
    assert await may_read_restricted(settings, token)
    async with serving("subcommittee"):
        await office.revoke("position", "auditor.chief")
    with pytest.raises(Refused) as refused:
        await may_read_restricted(settings, token)
    assert refused.value.code == "token_revoked"


async def test_a_revocation_stands_in_the_history_with_who_and_why_in_both_languages(office, serving):  # noqa: F811
    async with serving("subcommittee"):
        await office.revoke("position", "logistics.lead")
    [line] = [line async for line in replay(office.face.ledger, Filter())]
    assert (line["event"]["type"], line["event"]["actor"]) == (RevocationRecorded.TYPE, "subcommittee.lead")
    assert "revoked all tokens of logistics.lead" in line["summary"]["en"]
    assert line["summary"]["vi"].endswith("Máy tính bị mất")


async def test_where_the_ledger_does_not_say_what_is_revoked_no_token_is_taken(connection):
    bearer = Bearer(Actor("logistics.lead", "logistics"), "", "0" * 16, datetime.now(UTC), LATER)
    with pytest.raises(Refused) as refused:
        await Revocations(connection, "no-such-congress").check(bearer)
    assert refused.value.code == "unavailable"


async def test_what_a_restored_ledger_has_before_what_was_read_is_found_too(office, serving, connection, congress):  # noqa: F811
    token = office.token()
    bearer = Bearer(Actor("logistics.lead", "logistics"), id_of(token), "0" * 16, datetime.now(UTC), LATER)
    reading = Revocations(connection, congress)
    await reading.check(bearer)
    reading._read = 1_000  # as of a ledger that was longer
    async with serving("subcommittee"):
        await office.revoke("token", id_of(token))
    await reading.check(bearer)
    reading._read_all_at -= revocations.READ_ALL_EVERY_S
    with pytest.raises(Refused, match="revoked"):
        await reading.check(bearer)


async def test_the_command_line_revokes_on_record_and_tells_wrong_use(office, serving, endpoints, congress, tmp_path):  # noqa: F811
    token, shell = office.token(), Shell(tmp_path, endpoints, congress)
    to_revoke = ("revoke", "token", id_of(token))

    async def revoke(reason, actor):
        ran = await asyncio.to_thread(
            shell.run_in_a_process,
            *(*to_revoke, "--reason", reason, "--as", actor),
            DAIHOI_DATA_DIR=str(office.face.settings.data_dir),
        )
        return ran.returncode, ran.stdout + ran.stderr

    async with serving("subcommittee", "logistics"):
        results = await asyncio.gather(revoke(" ", "subcommittee.lead"), revoke("Mất máy", "subcommittee.deputy"))
        assert [code for code, _ in results] == [2, 1]
        assert "no_right_to_revoke: " in results[1][1]
        assert await office.outcome(token) == "opened"
        code, answer = await revoke("Mất máy", "subcommittee.lead")
        assert (code, RevocationRecorded.TYPE in answer) == (0, True)
        await settled(office.face.ledger, await office.face.written())
        assert await office.outcome(token) == "token_revoked"


async def test_whoever_revokes_for_later_is_told_that_nothing_is_refused_yet(office, serving, endpoints, congress):  # noqa: F811
    settings, tomorrow = office.face.settings, (datetime.now(UTC) + 24 * HOUR).isoformat(timespec="seconds")
    shell = Shell(settings.data_dir, endpoints, congress)

    async def revoke(*named, since):
        words = ("revoke", *named, "--reason", "Bàn giao", "--as", "subcommittee.lead", "--since", since)
        return await asyncio.to_thread(shell.run, *words, DAIHOI_DATA_DIR=str(settings.data_dir))

    async with serving("subcommittee"):
        of_a_position = await revoke("position", "logistics.lead", since=tomorrow)
        assert of_a_position.returncode == 0, of_a_position.stderr
        assert "until then nothing is refused. Then tokens are that the position was given" in of_a_position.stderr
        assert "within 5 minutes of that is refused too" in of_a_position.stderr
        assert (await revoke("key", "0" * 16, since=tomorrow)).stderr.endswith("until then nothing is refused.\n")
        assert (await revoke("key", "1" * 16, since="2020-08-13")).stderr == ""
        refused = await revoke("position", "logistics.lead", since="2199-01-01")
        assert (refused.returncode, refused.stderr.partition(":")[0]) == (1, "revocation_too_far_ahead")


async def test_whoever_revokes_the_key_that_mints_is_told_so_and_the_list_and_the_doctor_know(
    office,
    serving,  # noqa: F811
    endpoints,
    congress,
):
    settings = office.face.settings
    shell, old = Shell(settings.data_dir, endpoints, congress), id_of_private(held_private_key(settings))

    async def run(*words, lang="en"):
        folder = {"DAIHOI_DATA_DIR": str(settings.data_dir), "DAIHOI_LANG": lang}
        return await asyncio.to_thread(shell.run, *words, **folder)

    async with serving("subcommittee", "logistics"):
        assert "key_revoked" not in {finding.code for finding in await examine(settings)}
        [key] = json.loads((await run("keys", "list", "--format", "json")).stdout)
        assert (key["key_id"], key["revoked_since"]) == (old, None)
        revoked = await run("revoke", "key", old, "--reason", "Bị sao chép", "--as", "subcommittee.lead")
        assert (revoked.returncode, "daihoi keys rotate --at-once" in revoked.stderr) == (0, True)
        await settled(office.face.ledger, await office.face.written())
        codes = {finding.about: finding.code for finding in await examine(settings) if finding.about == "keys"}
        assert codes == {"keys": "key_revoked"}
        for lang, sentence in (("en", "Revoked as of"), ("vi", "Bị thu hồi kể từ")):
            listed = await run("keys", "list", lang=lang)
            assert (sentence in listed.stdout, listed.stderr) == (True, "")
        rotate_keys(settings, at_once=True)
        checked, minting = sorted(
            json.loads((await run("keys", "list", "--format", "json")).stdout), key=itemgetter("part")
        )
        assert (checked["key_id"], minting["revoked_since"]) == (old, None)
        assert datetime.fromisoformat(checked["revoked_since"]) <= datetime.now(UTC)
        assert "Tokens are checked with it" not in (await run("keys", "list")).stdout
        assert await office.outcome(office.token()) == "opened"
        assert "key_revoked" not in {finding.code for finding in await examine(settings)}


async def test_a_command_of_one_id_revokes_once_however_often_it_is_given(office, serving, endpoints, congress):  # noqa: F811
    settings, since = office.face.settings, datetime.now(UTC).isoformat(timespec="seconds")
    shell = Shell(settings.data_dir, endpoints, congress)
    words = ("revoke", "key", "0" * 16, "--reason", "Mất máy", "--as", "subcommittee.lead", "--id", str(uuid4()))

    async def revoke(*further):
        return await asyncio.to_thread(shell.run, *words, *further, DAIHOI_DATA_DIR=str(settings.data_dir))

    async with serving("subcommittee"):
        undated = await revoke()
        assert (undated.returncode, "Give --since too" in " ".join(undated.stderr.split())) == (2, True)
        assert await office.face.written() == 0
        first, again = await revoke("--since", since), await revoke("--since", since)
    assert (first.returncode, again.returncode) == (0, 0), again.stderr
    assert await office.face.written() == 1
