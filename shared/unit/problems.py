"""Errors as people and programs meet them: RFC 9457 problem details with a stable `code`, in both languages."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.domain.decider import Refusal, Refused
from shared.eventstore.wire import NotJson
from shared.i18n import Language, render
from shared.unit.field_errors import field_label, message_of
from shared.values.brief import brief_text
from shared.values.message import Message

MOST_ERRORS = 20
"""How many things wrong in one request are listed; how many there are is said too."""
MOST_IN_A_PATH = 120

BAD_JSON = Refusal("bad_json", "The request is not JSON: {reason}.")
INVALID_INPUT = Refusal("invalid_input", "The request does not fit the command: {fields}.")
BAD_NAME = Refusal(
    "bad_name", "{name} is no name: one has letters without marks, digits, - and _, and at most 80 of them."
)
UNKNOWN_COMMAND = Refusal("unknown_command", "{service} knows no command {command}.")
MISSING_TOKEN = Refusal("missing_token", "A bearer token is required.")
INVALID_TOKEN = Refusal("invalid_token", "The bearer token is not valid: {reason}.")
SIGNED_BY_ANOTHER_KEY = Refusal(
    "invalid_token", "The bearer token was signed with the key {signed_by}, and the key {key_id} is in force."
)
EXPIRED_TOKEN = Refusal("expired_token", "The bearer token has expired.")
TOKEN_REVOKED = Refusal(
    "token_revoked", "The bearer token is not taken any more: {what} {named} was revoked as of {since}."
)
POSITION_REVOKED = Refusal(
    "token_revoked",
    "The bearer token is not taken any more: {what} {named} was revoked as of {since}. One that is given from "
    "{renewed} on is taken.",
)
READS_ONLY = Refusal("reads_only", "{actor} gives no commands: no service takes any from who only reads or operates.")
SIGNED_OUT = Refusal("signed_out", "You have signed out; sign in again.")
WRONG_UNIT = Refusal("wrong_unit", "{service} takes commands from its own unit alone, and {actor} is of another.")
IN_THE_FUTURE = Refusal("happened_in_future", "Nothing can be recorded that has not happened yet ({happened}).")
OUT_OF_TIME = Refusal(
    "happened_out_of_range", "What happened lies between the years 2000 and 2199; {happened} does not."
)
BEFORE_ITS_BEGINNING = Refusal(
    "happened_before_beginning", "{entity_id} began at {began}; nothing can have happened to it at {happened}."
)
COMMAND_ID_REUSED = Refusal(
    "command_id_reused",
    "The command id {command_id} stands for another command, which was done; what is asked now was not. Give it an "
    "id of its own.",
)
CONFLICT = Refusal("conflict", "Others changed the same thing at the same time; look again and decide afresh.")
UNAVAILABLE = Refusal("unavailable", "The event store did not answer; the same command can safely be sent again.")
NOT_RUNNING = Refusal(
    "service_not_running",
    "The service {service} does not answer. `daihoi up` starts all services, `daihoi service {service}` this one.",
)
NOT_PERMITTED = Refusal(
    "not_permitted",
    "The NATS credentials in use do not permit publishing to {subject}. Name those of the right identity with "
    "DAIHOI_NATS_CREDENTIALS; `daihoi nats accounts` shows what each may do.",
)
TOO_LARGE = Refusal("too_large", "The command is larger than the broker accepts.")
TOO_MANY_EVENTS = Refusal(
    "too_many_events",
    "The command makes {count} events, and at most {most} can be recorded at once: send it in several parts.",
)
REJECTED = Refusal(
    "append_rejected",
    "The event store does not take what the command leads to, and won't when it is sent again; the log of {service} "
    "says why.",
)
ANSWER_TOO_LARGE = Refusal(
    "answer_too_large",
    "The command was done: {count} events up to number {sequence}. The list of them is larger than the broker "
    "carries.",
)
UNREADABLE_HISTORY = Refusal(
    "unreadable_history",
    "{entity_id} holds an event that can't be read, number {sequence} in the stream of {service}. Until it "
    "is discarded (`daihoi parked list`) nothing can be decided about it.",
)
STREAM_LOST_EVENTS = Refusal(
    "stream_lost_events",
    "The stream {stream} has lost events, the last good one is {sequence}. Nothing is taken until an operator has "
    "restored it: `daihoi streams restore {service}`.",
)
INTERNAL = Refusal("internal", "Something is wrong in {service} itself; its log has the details.")

# Why a token is not valid.
NOT_SENDABLE = Message("not_sendable", "it is too long or no ASCII")
UNREADABLE = Message("unreadable", "it can't be read")
FOR_ANOTHER_CONGRESS = Message("for_another_congress", "it is for another congress")
UNFIT_CLAIMS = Message("unfit_claims", "what it says of its holder and its time can't be so")
MINTED_LATER = Message("minted_later", "it was minted at {minted}, which is still to come by the clock here")
BADLY_SIGNED = Message("badly_signed", "its signature is not that of the key that it names")

PLACE = Message("place", "line {line}, column {column}")
"""Where a request stops being JSON."""
IN_FIELD = Message("in_field", "{field}: {message}")
AND_MORE = Message("and_more", "+ {count}")

_BY_STATUS = {
    400: (BAD_JSON,),
    401: (
        MISSING_TOKEN,
        INVALID_TOKEN,
        SIGNED_BY_ANOTHER_KEY,
        EXPIRED_TOKEN,
        TOKEN_REVOKED,
        POSITION_REVOKED,
        SIGNED_OUT,
    ),
    403: (WRONG_UNIT, READS_ONLY, NOT_PERMITTED),
    404: (UNKNOWN_COMMAND,),
    409: (COMMAND_ID_REUSED, CONFLICT),
    413: (TOO_LARGE, TOO_MANY_EVENTS),
    422: (INVALID_INPUT, BAD_NAME, IN_THE_FUTURE, OUT_OF_TIME, BEFORE_ITS_BEGINNING),
    500: (REJECTED, ANSWER_TOO_LARGE, UNREADABLE_HISTORY, STREAM_LOST_EVENTS, INTERNAL),
    503: (UNAVAILABLE, NOT_RUNNING),
}
STATUS = {refusal: status for status, refusals in _BY_STATUS.items() for refusal in refusals}
REFUSED_BY_A_RULE = 409
NOT_FOUND = 404
PASSING = frozenset({CONFLICT, STREAM_LOST_EVENTS, UNAVAILABLE})
"""The refusals after which the same command, sent again, may be done."""


class FieldError(BaseModel):
    """One thing wrong in a request; `field` is a dotted path."""

    field: str
    message: str
    message_vi: str = ""


class Problem(BaseModel):
    """`application/problem+json`. `detail` is English, `detail_vi` Vietnamese; `code` never changes. `errors` are the
    first of `error_count`."""

    model_config = ConfigDict(frozen=True)
    type: str
    code: str
    title: str
    status: int
    detail: str
    detail_vi: str
    errors: tuple[FieldError, ...] = ()
    error_count: int = 0

    def detail_in(self, lang: Language) -> str:
        return self.detail_vi if lang == "vi" else self.detail


class ProblemError(Exception):
    """A problem that was answered to a caller."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.code}: {problem.detail}")
        self.problem = problem


def problem_of(refused: Refused) -> Problem:
    code, refusal = refused.code, refused.refusal
    return Problem(
        type=f"urn:daihoi:problem:{code}",
        code=code,
        title=code.replace("_", " ").capitalize(),
        status=STATUS.get(refusal, NOT_FOUND if code.endswith("_not_found") else REFUSED_BY_A_RULE),
        detail=render(refused.message, "en"),
        detail_vi=render(refused.message, "vi"),
    )


def bad_json(error: NotJson) -> Problem:
    """Where it stops being JSON."""
    return problem_of(BAD_JSON(reason=PLACE.filled(line=error.line, column=error.column)))


def invalid_input(error: ValidationError) -> Problem:
    """Names what is wrong, the first `MOST_ERRORS` of it at once."""
    count = error.error_count()
    wrong = [_in_field(detail) for detail in error.errors(include_url=False, include_input=False)[:MOST_ERRORS]]
    more = [AND_MORE.filled(count=count - len(wrong))] if count > len(wrong) else []
    fields = (*(IN_FIELD.filled(field=field_label(name), message=why) for name, why in wrong), *more)
    problem = problem_of(INVALID_INPUT(fields=fields))
    errors = tuple(
        FieldError(field=name, message=render(why, "en"), message_vi=render(why, "vi")) for name, why in wrong
    )
    return problem.model_copy(update={"errors": errors, "error_count": count})


def _in_field(error: Any) -> tuple[str, Message]:
    path = ".".join(str(part) for part in error["loc"]) or "request"
    return brief_text(path, MOST_IN_A_PATH), message_of(error)
