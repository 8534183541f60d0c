"""How somebody is told of what waits for them: an e-mail address or a telephone number."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

PATTERN = r"^([^\s@<>,;]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,4}|[0-9(\x2b][0-9 .()-]{6,28}[0-9])$"
"""What a mail server or a telephone would make something of."""


def _reaches_somebody(contact: str) -> str:
    if not re.fullmatch(PATTERN, contact):
        raise PydanticCustomError("no_contact", "no e-mail address or telephone number")
    return contact


Contact = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=200),
    AfterValidator(_reaches_somebody),
    Field(json_schema_extra={"pattern": PATTERN}),
]
