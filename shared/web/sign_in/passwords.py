"""Passwords: what may be one, and its hash (argon2id)."""

import asyncio
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shared.domain.decider import Refusal
from shared.values.text import is_whole

SHORTEST, LONGEST = 10, 1000
AT_ONCE: Final = 2
"""A hash takes 64 MiB and all of a core."""

PASSWORD_TOO_SHORT = Refusal("password_too_short", "A password has at least {least} characters.")
PASSWORD_TOO_LONG = Refusal("password_too_long", "A password has at most {most} characters.")
PASSWORD_IS_THE_NAME = Refusal(
    "password_is_the_name", "A password is not the account's name, nor that of its holder."
)
PASSWORD_UNREADABLE = Refusal(
    "password_unreadable", "The password holds half a character, or a character that nobody can see: type it."
)


def checked_password(password: str, *names: str) -> str:
    """`password` as it is hashed: composed (NFC), nothing taken away. Raises a refusal where it may be none; `names`
    are those of its account."""
    if not is_whole(password) or any(ord(character) < 32 or ord(character) == 127 for character in password):
        raise PASSWORD_UNREADABLE()
    composed = unicodedata.normalize("NFC", password)
    if len(composed.strip()) < SHORTEST:
        raise PASSWORD_TOO_SHORT(least=SHORTEST)
    if len(composed) > LONGEST:
        raise PASSWORD_TOO_LONG(most=LONGEST)
    if _plain(composed) in map(_plain, names):
        raise PASSWORD_IS_THE_NAME()
    return composed


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().casefold()


class Passwords:
    """Hashes and compares, a few at a time and beside the event loop. Somebody without a hash takes as long as
    somebody with a wrong password."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._free = asyncio.Semaphore(AT_ONCE)
        self._nobodys = ""

    async def hash(self, password: str) -> str:
        """The hash of a password that `checked_password` has returned."""
        async with self._free:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def is_right(self, password: str, hashed: str | None) -> bool:
        """Whatever was typed; never where there is no hash."""
        typed = unicodedata.normalize("NFC", password) if is_whole(password) and len(password) <= LONGEST else ""
        if not self._nobodys:
            self._nobodys = await self.hash("nobody has this password")
        async with self._free:
            return await asyncio.to_thread(self._matches, typed, hashed or self._nobodys) and bool(hashed)

    def needs_rehash(self, hashed: str) -> bool:
        """Whether it was made with other parameters than are in use now."""
        return self._hasher.check_needs_rehash(hashed)

    def _matches(self, password: str, hashed: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False
