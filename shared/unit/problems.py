"""Errors as people and programs meet them: RFC 9457 problem details with a stable `code`, in both languages."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.domain.decider import Refusal, Refused
from shared.i18n import translate

BAD_JSON = Refusal("bad_json", "The request is not JSON: {reason}.")
INVALID_INPUT = Refusal("invalid_input", "The request does not fit the command: {fields}.")
UNKNOWN_COMMAND = Refusal("unknown_command", "{service} knows no command {command}.")
MISSING_TOKEN = Refusal("missing_token", "A bearer token is required.")
INVALID_TOKEN = Refusal("invalid_token", "The bearer token is not valid: {reason}.")
EXPIRED_TOKEN = Refusal("expired_token", "The bearer token has expired.")
WRONG_UNIT = Refusal("wrong_unit", "{actor} belongs to {unit} and can't give commands to {service}.")
IN_THE_FUTURE = Refusal("happened_in_future", "Nothing can be recorded that has not happened yet ({happened}).")
CONFLICT = Refusal("conflict", "Others changed the same thing at the same time; look again and decide afresh.")
UNAVAILABLE = Refusal("unavailable", "The event store did not answer; the same command can safely be sent again.")
NOT_RUNNING = Refusal("service_not_running", "The service {service} does not answer; is it running?")
TOO_LARGE = Refusal("too_large", "The command is larger than the broker accepts.")
STREAM_LOST_EVENTS = Refusal(
    "stream_lost_events",
    "The stream {stream} has lost events, the last good one is {sequence}. Nothing is taken until an operator has "
    "restored it: `daihoi streams restore {service}`.",
)
INTERNAL = Refusal("internal", "Something is wrong in {service} itself; its log has the details.")

STATUS = {
    BAD_JSON: 400,
    INVALID_INPUT: 422,
    UNKNOWN_COMMAND: 404,
    MISSING_TOKEN: 401,
    INVALID_TOKEN: 401,
    EXPIRED_TOKEN: 401,
    WRONG_UNIT: 403,
    IN_THE_FUTURE: 422,
    CONFLICT: 409,
    UNAVAILABLE: 503,
    NOT_RUNNING: 503,
    TOO_LARGE: 413,
    STREAM_LOST_EVENTS: 500,
    INTERNAL: 500,
}
REFUSED_BY_A_RULE = 409
NOT_FOUND = 404


class FieldError(BaseModel):
    """One thing wrong in a request; `field` is a dotted path."""

    field: str
    message: str


class Problem(BaseModel):
    """`application/problem+json`. `detail` is English, `detail_vi` Vietnamese; `code` never changes."""

    model_config = ConfigDict(frozen=True)
    type: str
    code: str
    title: str
    status: int
    detail: str
    detail_vi: str
    errors: tuple[FieldError, ...] = ()


class ProblemError(Exception):
    """A problem that was answered to a caller."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.code}: {problem.detail}")
        self.problem = problem


def problem_of(refused: Refused, errors: tuple[FieldError, ...] = ()) -> Problem:
    refusal = refused.refusal
    status = STATUS.get(refusal, NOT_FOUND if refusal.code.endswith("_not_found") else REFUSED_BY_A_RULE)
    return Problem(
        type=f"urn:daihoi:problem:{refusal.code}",
        code=refusal.code,
        title=refusal.code.replace("_", " ").capitalize(),
        status=status,
        detail=str(refused),
        detail_vi=translate(refusal.sentence, "vi", **refused.params),
        errors=errors,
    )


def invalid_input(error: ValidationError) -> Problem:
    """Names everything that is wrong at once."""
    errors = tuple(FieldError(field=_path(e), message=e["msg"]) for e in error.errors(include_url=False))
    return problem_of(INVALID_INPUT(fields="; ".join(f"{e.field}: {e.message}" for e in errors)), errors)


def _path(error: Any) -> str:
    return ".".join(str(part) for part in error["loc"]) or "request"
