"""`daihoi mongo`: the users of a MongoDB of one's own. The embedded database has them from its start."""

import os
from contextlib import suppress
from pathlib import Path

from daihoi.cli import console
from daihoi.cli.console import LangOption
from daihoi.cli.groups import CommandGroup
from shared.domain.decider import Refusal
from shared.i18n import translate
from shared.platform.database_users import KEYS, make_users, provide_passwords
from shared.platform.errors import PlatformError
from shared.platform.settings import Settings

NO_MONGO = Refusal(
    "no_mongo_url", "DAIHOI_MONGO_URL is not set; the embedded database makes its users by itself when it starts."
)

mongo = CommandGroup("The users of a MongoDB of one's own: keys, users.")


@mongo.command("keys")
def make_keys() -> None:
    """Make the passwords of the database's users and the replica set's key file, where there are none."""
    folder = _folder(console.read_settings())
    provide_passwords(folder)
    _hand_over(folder)
    console.out.print(str(folder), soft_wrap=True)


@mongo.command("users")
def make_the_users(lang: LangOption = None) -> None:
    """Make the users of this congress's views, tracker and reader, or give them their passwords anew."""
    settings, language = console.begin(lang)
    if not settings.mongo_url:
        raise PlatformError(NO_MONGO())
    make_users(settings.mongo_url, _folder(settings), settings.database)
    sentence = translate(
        "{database} has its users: tracker writes, reader reads.", language, database=settings.database
    )
    console.print_drawn(sentence)


def _folder(settings: Settings) -> Path:
    return settings.mongo_password_file or settings.data_dir / KEYS


def _hand_over(folder: Path) -> None:
    """In a container another user makes the passwords than the one who is to have them."""
    owner = folder.stat()
    for file in folder.iterdir():
        with suppress(PermissionError):
            os.chown(file, owner.st_uid, owner.st_gid)
