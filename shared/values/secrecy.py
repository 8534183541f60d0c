"""What must not be read by everybody, taken out of text before it is shown."""

import re

HIDDEN = "***"
_SECRETS = (
    (re.compile(r"(?<=://)[^\s/?#]+(?=@)"), HIDDEN),  # user and password in an address
    (re.compile(r"(?<=\bBearer )\S+"), HIDDEN),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+"), HIDDEN),  # a signed token
    (re.compile(r"\bS[ACNOUX][A-Z2-7]{56}\b"), HIDDEN),  # the seed of a key of NATS
    (re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), HIDDEN),
)


def without_secrets(text: str) -> str:
    """`text` with passwords in addresses, tokens and private keys hidden."""
    for secret, shown in _SECRETS:
        text = secret.sub(shown, text)
    return text
