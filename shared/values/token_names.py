"""How tokens and the keys that sign them are named: by ids that are made from nothing but hexadecimal digits."""

import re

TOKEN_ID = re.compile(r"[0-9a-f]{32}")
"""A token's `jti`."""
KEY_ID = re.compile(r"[0-9a-f]{16}")
"""A token's `kid`: the beginning of a digest of the key."""
