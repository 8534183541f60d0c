"""What `daihoi doctor` says of the issuer's keys: mints a token here, verifies it here, and compares the key with
those that the running services verify with. Makes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta

from shared.domain.decider import Actor, Refused
from shared.platform.errors import PlatformError
from shared.platform.settings import Settings
from shared.unit.accepted_keys import KeysOnDisk, accepted_keys
from shared.unit.findings import Finding, Notice, Severity
from shared.unit.health import Health
from shared.unit.issuer import held_issuer_keys, id_of_private, public_key_files
from shared.unit.tokens import TokenVerifier, mint_token
from shared.values.units import AUDITOR

KEYS = "keys"
PROBE_LASTS = timedelta(minutes=1)
PROBE = Actor(f"{AUDITOR}.doctor", AUDITOR)

KEYS_GOOD = Notice(
    "keys_good", Severity.OK, "A token minted here is good; {count} services verify with its key {key_id}."
)
KEYS_GOOD_ALONE = Notice(
    "keys_good",
    Severity.OK,
    "A token minted here is good, with the key {key_id}; no service runs that it could be compared with.",
)
KEYS_VERIFY_ONLY = Notice(
    "keys_verify_only",
    Severity.INFO,
    "Tokens are verified here, not minted; {count} services verify with the same key {key_id}.",
)
KEYS_MISSING = Notice(
    "keys_missing",
    Severity.WARNING,
    "There are no issuer's keys here: no token can be minted.",
    "Where tokens are minted elsewhere, name the public half with DAIHOI_ISSUER_PUBLIC_KEY. Otherwise `daihoi keys` "
    "makes a pair; services that run already know another one and need its public half too.",
)
PRIVATE_HALF_MISSING = Notice(
    "private_half_missing",
    Severity.ERROR,
    "Of the issuer's keys the private half {private} is missing: no token can be minted.",
    "Bring it back from a backup. To begin with new keys, which refuses every token minted before, remove {public} "
    "and all keys beside it, here and at every service; `daihoi keys list` shows them.",
)
PUBLIC_HALF_MISSING = Notice(
    "public_half_missing",
    Severity.WARNING,
    "Of the issuer's keys the public half {public} is missing.",
    "`daihoi keys` makes it again from the private one.",
)
MINTED_IS_REFUSED = Notice(
    "minted_is_refused",
    Severity.ERROR,
    "A token that is minted here is refused here.",
    "Compare the clock of this machine, then bring back the pair of keys that is meant.",
)
KEY_REVOKED = Notice(
    "key_revoked",
    Severity.ERROR,
    "The key {key_id} is revoked: every service refuses the tokens that it has signed, and those still to come.",
    "Where tokens are minted, `daihoi keys rotate` brings the next key, where every service has it; otherwise "
    "`daihoi keys rotate --at-once` makes one. Its public half goes to every service, to the sub-committee's first.",
)
OTHER_KEY = Notice(
    "other_key",
    Severity.ERROR,
    "{service} verifies tokens with the key {theirs}, not with {ours}: it refuses what is minted here.",
    "Find out which pair is meant, and give the service its public half. It notices by itself.",
)
KEY_NOT_EVERYWHERE = Notice(
    "key_not_everywhere",
    Severity.WARNING,
    "{service} does not accept the key {key_id}, which is accepted elsewhere.",
    "While a key is brought in, bring its public half to the service too; while one is taken away, take it away "
    "everywhere. Services notice by themselves.",
)
SERVICES_DIFFER = Notice(
    "keys_of_services_differ",
    Severity.ERROR,
    "The services verify tokens with several keys: {key_ids}.",
    "Find out which pair is meant, and give every service its public half. They notice by themselves.",
)

type InUse = Sequence[tuple[str, frozenset[str]]]
"""Services, and the ids of the keys that they verify with; none where they refuse every token."""


def key_findings(
    settings: Settings, healths: Mapping[str, Sequence[Health]], revoked: AbstractSet[str] = frozenset()
) -> Iterator[Finding]:
    """`healths` is what every running process of each service says; `revoked` are the ids of keys that all refuse."""
    in_use = [
        (name, frozenset(filter(None, str(health.detail["key_id"]).split(", "))))
        for name, answers in healths.items()
        for health in answers
        if "key_id" in health.detail
    ]
    try:
        yield from _own_keys(settings, in_use, revoked)
    except PlatformError as error:
        if not isinstance(error.why, Refused):
            raise
        yield Finding.of(KEYS, Severity.ERROR, error.why.message)
    here = frozenset(KeysOnDisk(settings.issuer_public_keys).ids)
    yield from _compared([(name, theirs - revoked) for name, theirs in in_use], here - revoked)


def _compared(in_use: InUse, here: frozenset[str]) -> Iterator[Finding]:
    """Whether all services that have a key accept a token, and each of them every token that another one does."""
    accepted = [theirs for _, theirs in in_use if theirs]
    if not accepted:
        return
    if not (common := frozenset.intersection(*accepted)):
        yield SERVICES_DIFFER(KEYS, key_ids=", ".join(sorted(frozenset.union(*accepted))))
    elif common & here:
        for name, theirs in dict.fromkeys(in_use):
            for key_id in sorted(here.union(*accepted) - theirs if theirs else ()):
                yield KEY_NOT_EVERYWHERE(name, service=name, key_id=key_id)


def _own_keys(settings: Settings, in_use: InUse, revoked: AbstractSet[str]) -> Iterator[Finding]:
    held = held_issuer_keys(settings)
    if held.public is None and (held.private is not None or not public_key_files(settings.issuer_public_keys)):
        notice = KEYS_MISSING if held.private is None else PUBLIC_HALF_MISSING
        yield notice(KEYS, public=settings.issuer_public_key_path)
        return
    verifier = TokenVerifier(accepted_keys(settings), settings.congress, AUDITOR)
    all_ours = verifier.key_id if held.private is None else id_of_private(held.private)
    ours = ", ".join(key_id for key_id in all_ours.split(", ") if key_id not in revoked)
    if not ours:
        yield from (KEY_REVOKED(KEYS, key_id=key_id) for key_id in all_ours.split(", "))
        return
    if held.private is None and settings.issuer_public_key is None:
        yield PRIVATE_HALF_MISSING(
            KEYS, private=settings.issuer_private_key_path, public=settings.issuer_public_key_path
        )
    elif held.private is not None and not _is_good(held.private, verifier, settings.congress):
        yield MINTED_IS_REFUSED(KEYS)
    else:
        agreeing = {name for name, theirs in in_use if theirs.intersection(ours.split(", "))}
        if held.private is None:
            yield KEYS_VERIFY_ONLY(KEYS, key_id=ours, count=len(agreeing))
        elif agreeing:
            yield KEYS_GOOD(KEYS, key_id=ours, count=len(agreeing))
        elif not in_use:
            yield KEYS_GOOD_ALONE(KEYS, key_id=ours)
    for name, theirs in dict.fromkeys(in_use):
        if theirs and not theirs.intersection(ours.split(", ")):
            yield OTHER_KEY(name, service=name, theirs=", ".join(sorted(theirs)), ours=ours)


def _is_good(private_key: bytes, verifier: TokenVerifier, congress: str) -> bool:
    token = mint_token(private_key, congress, PROBE, datetime.now(UTC), PROBE_LASTS)
    try:
        return verifier.reader(f"Bearer {token}") == PROBE
    except Refused:
        return False
