"""How somebody is told of what waits for them: an e-mail address or a telephone number."""

from typing import Annotated

from pydantic import StringConstraints

PATTERN = r"^([^\s@<>,;]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,4}|[0-9(\x2b][0-9 .()-]{6,28}[0-9])$"
"""Both in one: what a mail server or a telephone would make something of."""
Contact = Annotated[str, StringConstraints(strip_whitespace=True, pattern=PATTERN, max_length=200)]
