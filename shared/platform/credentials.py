"""Credentials in addresses: where a password lies is said, the password itself is not.

An address of MongoDB may name a file of passwords in an option of ours, `passwordFile`: a file with the password of
the user that the address names, or a folder with one file for each user. So it can be handed to other processes and
be printed.
"""

from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, unquote_plus, urlsplit, urlunsplit

from shared.domain.decider import Refusal
from shared.platform.errors import PlatformError
from shared.platform.files import why_not
from shared.platform.reading import read_file
from shared.platform.secret_files import check_closed
from shared.values.message import Message
from shared.values.secrecy import PASSWORD_FILE

TRACKER, READER, ADMIN = "tracker", "reader", "admin"
"""The users of the database: who writes the views, who reads them, and who makes the other two."""

LARGEST_PASSWORD_BYTES = 64 * 1024

NO_PASSWORD = Refusal("no_mongo_password", "The password for MongoDB can't be read from {file}: {reason}.")
NO_TEXT = Message("no_text", "it holds no text in UTF-8")
EMPTY_PASSWORD = Refusal("no_mongo_password", "The file {file} is to hold a password for MongoDB and is empty.")
NO_USER = Refusal("no_mongo_user", "DAIHOI_MONGO_URL names no user for the password in {file}: mongodb://USER@…")


class Login(NamedTuple):
    """What the driver is given. Without a user, the address says everything."""

    url: str
    user: str = ""
    password: str = ""


def with_password_file(url: str, file: Path | None) -> str:
    """`url`, naming `file` unless it names one already."""
    if not url or file is None or f"{PASSWORD_FILE}=" in url:
        return url
    parts = urlsplit(url)
    option = f"{PASSWORD_FILE}={quote(str(file.absolute()), safe='/')}"
    return urlunsplit(parts._replace(path=parts.path or "/", query="&".join(filter(None, (parts.query, option)))))


def login(url: str, *, reads_only: bool = False) -> Login:
    """How to log in at `url`: from a folder of passwords with the tracker's, or for who `reads_only` the reader's
    where there is one. Raises `PlatformError`, and `ValueError` where `url` is none."""
    parts = urlsplit(url)
    options = parts.query.split("&")
    files = [option.partition("=")[2] for option in options if option.startswith(f"{PASSWORD_FILE}=")]
    if not files:
        return Login(url)
    file = Path(unquote(files[0]))
    user_info, _, hosts = parts.netloc.rpartition("@")
    user = unquote_plus(user_info.partition(":")[0])
    if file.is_dir():
        user = user or (READER if reads_only and (file / READER).exists() else TRACKER)
        file = file / user
    if not user:
        raise PlatformError(NO_USER(file=file))
    others = "&".join(option for option in options if not option.startswith(f"{PASSWORD_FILE}="))
    return Login(urlunsplit(parts._replace(netloc=hosts, query=others)), user, read_password(file))


def read_password(file: Path) -> str:
    """The password in a file, without the end of its line. Raises `PlatformError`, where others may read the file
    too."""
    try:
        password = read_file(file, LARGEST_PASSWORD_BYTES).decode().rstrip("\r\n")
    except OSError as error:
        raise PlatformError(NO_PASSWORD(file=file, reason=why_not(error))) from error
    except UnicodeDecodeError as error:
        raise PlatformError(NO_PASSWORD(file=file, reason=NO_TEXT)) from error
    if not password:
        raise PlatformError(EMPTY_PASSWORD(file=file))
    check_closed(file)
    return password
