"""What each user of the database may do, tried on the real servers: exactly that, and nothing else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from daihoi.ops.session import open_session
from shared.platform.credentials import login, with_password_file
from shared.platform.database_users import KEYS
from shared.platform.databases import MONGOD_NAME, SECANTUS_NAME, embedded_mongo_url
from shared.platform.embedded import Endpoints
from shared.platform.keeper import mongo_server
from tests.containers import MONGO_IMAGE, mongo_container
from tests.faults.kept import databases_here
from tests.own_servers import FOLDERS, OwnServer
from tests.program import Shell
from tests.servers import choice

OWN, OTHER = "daihoi_own", "daihoi_other"
DONE = 0
NOT_AUTHORISED, NO_SUCH_COMMAND = 13, 59
REFUSED = {NOT_AUTHORISED, NO_SUCH_COMMAND}
NOBODY, READER, TRACKER = "nobody", "reader", "tracker"


def in_a_transaction(client: MongoClient[Any]) -> None:
    with client.start_session() as session, session.start_transaction():
        client[OWN]["tasks"].insert_one({}, session=session)
        client[OWN]["audit_trail"].insert_one({}, session=session)


def make_and_drop(client: MongoClient[Any]) -> None:
    client[OWN].create_collection("made")
    client[OWN]["made"].drop()


def bulk_write(client: MongoClient[Any]) -> None:
    """The command of MongoDB 8, which goes to no database of its own."""
    ops = [{"insert": 0, "document": {"_id": "bulk"}}]
    client.admin.command({"bulkWrite": 1, "ops": ops, "nsInfo": [{"ns": f"{OWN}.tasks"}]})


def end_a_session(client: MongoClient[Any]) -> None:
    """One of its own, as a tracker ends the last one's."""
    with client.start_session() as session:
        client.admin.command("killSessions", [session.session_id])


DEEDS: dict[str, Callable[[MongoClient[Any]], object]] = {
    "read a view": lambda client: client[OWN]["tasks"].find_one(),
    "end a session of its own": end_a_session,
    "write a view": lambda client: client[OWN]["tasks"].insert_one({}),
    "write in a transaction": in_a_transaction,
    "make and drop a view": make_and_drop,
    "write what a query gives": lambda client: list(client[OWN]["tasks"].aggregate([{"$out": "copied"}])),
    "read another database": lambda client: client[OTHER]["tasks"].find_one(),
    "write another database": lambda client: client[OTHER]["tasks"].insert_one({}),
    "drop another database": lambda client: client.drop_database(OTHER),
    "read the users": lambda client: client.admin["system.users"].find_one(),
    "make a user": lambda client: client.admin.command("createUser", "eve", pwd="x", roles=["root"]),
    "give itself rights": lambda client: client.admin.command("grantRolesToUser", "reader", roles=["root"]),
    "change a password": lambda client: client.admin.command("updateUser", "tracker", pwd="x"),
    "read the server's log": lambda client: client.admin.command("getLog", "global"),
    "set a parameter": lambda client: client.admin.command("setParameter", 1, logLevel=0),
    "reconfigure the replica set": lambda client: client.admin.command("replSetReconfig", {}, force=True),
    "end all sessions": lambda client: client.admin.command("killAllSessions", []),
    "write by bulkWrite": bulk_write,
}
READS = {"read a view", "end a session of its own"}
WRITES = READS | {"write a view", "write in a transaction", "make and drop a view", "write what a query gives"}
READS_ALL, WRITES_ALL = {"read another database"}, {"read another database", "write another database"}
SECANTUS_ASKS_NOBODY = {"end all sessions", "write by bulkWrite"}
"""Commands for which SecantusDB wants a user and looks at no role."""
SECANTUS_SHOWS = {"read the users"}
"""To who reads all databases."""


class Place(NamedTuple):
    name: str
    program: str
    """A mongod, or the image of a container; empty for SecantusDB."""
    narrow: bool
    """Whether the users are those of one congress, or of all that an embedded server keeps."""


CONTAINER = {"container": MONGO_IMAGE} if choice()[0] == "containers" else {}
EMBEDDED = {MONGOD_NAME if program else SECANTUS_NAME: program for program in databases_here()}
PLACES = [Place(*where, narrow) for where in (EMBEDDED | CONTAINER).items() for narrow in (False, True)]


@pytest.fixture(scope="module", params=PLACES, ids=lambda place: f"{place.name}, {'one' if place.narrow else 'all'}")
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, str]]:
    place: Place = request.param
    folder = tmp_path_factory.mktemp("users")
    with mongo_container(folder) if place.name in CONTAINER else embedded(place, folder) as url:
        with client_of(url, "admin") as admin:
            for database in (OWN, OTHER):
                admin[database]["tasks"].insert_one({})
        if place.narrow:
            shell = Shell(folder, Endpoints("nats://127.0.0.1:1", login(url).url), "own")
            made = shell.run("mongo", "users", DAIHOI_MONGO_PASSWORD_FILE=str(folder / KEYS))
            assert made.stdout == "daihoi_own has its users: tracker writes, reader reads.\n", made.stderr
        yield place, url


@contextmanager
def embedded(place: Place, folder: Path) -> Iterator[str]:
    server = OwnServer(partial(mongo_server, mongod=place.program), FOLDERS[place.name], folder)
    try:
        server.start_here()
        yield embedded_mongo_url(folder, server.port)
    finally:
        server.end_here()


def client_of(url: str, user: str) -> MongoClient[Any]:
    if user == NOBODY:
        return MongoClient(login(url).url)
    address, name, password = login(url.replace("://", f"://{user}@", 1))
    return MongoClient(address, username=name, password=password)


def outcome(deed: Callable[[MongoClient[Any]], object], url: str, user: str) -> int | None:
    """The code that it was refused with."""
    with client_of(url, user) as client:
        try:
            deed(client)
        except OperationFailure as error:
            return error.code
    return DONE


def allowed(place: Place, user: str) -> set[str]:
    if user == NOBODY:
        return set()
    deeds = (WRITES if user == TRACKER else READS) | (SECANTUS_ASKS_NOBODY if not place.program else set())
    if place.narrow:
        return deeds
    return deeds | (WRITES_ALL if user == TRACKER else READS_ALL) | (SECANTUS_SHOWS if not place.program else set())


@pytest.mark.parametrize("user", [NOBODY, READER, TRACKER])
def test_a_user_may_do_exactly_what_the_table_says(place, user):
    where, url = place
    codes = {name: outcome(deed, url, user) for name, deed in DEEDS.items()}
    has_bulk_write = codes["write by bulkWrite"] != NO_SUCH_COMMAND
    expected = allowed(where, user) | ({"write by bulkWrite"} if user == TRACKER and has_bulk_write else set())
    assert {name for name, code in codes.items() if code == DONE} == expected
    assert {code for code in codes.values() if code != DONE} <= REFUSED, codes


def test_a_password_that_is_not_the_users_opens_nothing(place, tmp_path):
    _, url = place
    (tmp_path / "wrong").write_text("wrong")
    (tmp_path / "wrong").chmod(0o600)
    address = with_password_file(login(url).url.replace("://", "://tracker@", 1), tmp_path / "wrong")
    wrong = login(address)
    with MongoClient(wrong.url, username=wrong.user, password=wrong.password) as client:
        with pytest.raises(OperationFailure) as refused:
            client[OWN]["tasks"].find_one()
        assert refused.value.code == 18


async def test_a_command_that_changes_no_view_is_the_reader(place, settings):
    beside = settings.model_copy(update={"mongo_url": place[1]})
    for writes, user in ((False, READER), (True, TRACKER)):
        async with open_session(beside, begins=True, writes=writes) as session:
            status = await session.views.database.command("connectionStatus")
        assert [each["user"] for each in status["authInfo"]["authenticatedUsers"]] == [user]


def test_keys_are_made_once(tmp_path):
    shell = Shell(tmp_path, Endpoints("", ""), "own")
    made = []
    for _ in range(2):
        folder = tmp_path / shell.run("mongo", "keys").stdout.strip()
        made.append({file.name: file.read_text() for file in folder.iterdir()})
    assert made[0] == made[1]
    assert made[0].keys() == {"admin", "tracker", "reader", "keyfile"}
    assert len({*made[0].values()}) == 4
    assert "no_mongo_url" in shell.run("mongo", "users").stderr


def test_passwords_are_their_owners_alone(place):
    folder = Path(login_folder(place[1]))
    modes = {file.name: oct(file.stat().st_mode & 0o777) for file in (folder, *folder.iterdir())}
    assert modes == {KEYS: "0o700"} | dict.fromkeys(("admin", "tracker", "reader", "keyfile"), "0o600")


def login_folder(url: str) -> str:
    return url.partition("passwordFile=")[2]
