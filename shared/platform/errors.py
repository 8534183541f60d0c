"""What people are told when the servers can't be had."""


class PlatformError(Exception):
    """A server can't be reached or started; the message says which, why, and what to do."""
