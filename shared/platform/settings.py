"""Settings, from `DAIHOI_*` in the environment."""

import re
import socket
from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.platform.logs import Form
from shared.platform.nats_account import FOLDER
from shared.values.local_time import LOCAL_TIME
from shared.values.types import ID_LENGTH, ID_PATTERN, Day, slug
from shared.values.units import parse_units

MOST_FIRST_PORT = 65_000
"""So that each service has a place after it."""
MOST_EVIDENCE_MB = 200
"""The most that `evidence_mb` can say: a file is read back whole within the time that a command has."""

_ADDRESS = re.compile(
    r"([^=\s]+)=((?:https://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])|http://(?:localhost|127\.0\.0\.1|\[::1\]))(?::[0-9]{1,5})?)/?",
    re.ASCII,
)


def _number(value: object) -> object:
    """The environment holds text."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _day(value: object) -> object:
    """In no other form than the command line's own days; nothing where it is empty."""
    if value == "":
        return None
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise PydanticCustomError("date_parsing", "no day such as 2020-09-20")
    return value


def _plain(text: str) -> str:
    """Raises `ValueError` where it can't be meant, though most programs would take it."""
    if text != text.strip() or re.search("[\x00-\x1f\x7f-\x9f]", text):
        raise ValueError("has blanks at its ends, or control characters; write it without")
    if re.search("[\ud800-\udfff]", text):
        raise ValueError("is no text in UTF-8")
    return text


def _named(path: Path | str | None) -> Path | str | None:
    if path is not None and str(path) in ("", "."):
        raise ValueError("is empty; give a path, or take the setting away")
    return path


def _some(urls: str) -> str:
    if urls and not any(url.strip() for url in urls.split(",")):
        raise ValueError("names no server; give an address, or take the setting away")
    return urls


def _beside_a_server(path: Path | None, info: ValidationInfo) -> Path | None:
    """Embedded servers speak on loopback alone, unencrypted."""
    if path is not None and not info.data.get("nats_url"):
        raise ValueError("is for a server of your own, and DAIHOI_NATS_URL names none; set that too, or neither")
    return path


def _addresses(setting: str) -> str:
    """A browser keeps no session for http but on this machine, and compares what it sends with no path."""
    if not all(_ADDRESS.fullmatch(part.strip()) for part in setting.split(";") if part.strip()):
        raise ValueError(
            "has to name addresses such as `logistics=https://haucan.example.org`, separated by semicolons; http is "
            "for localhost alone"
        )
    return setting


def _names_units(setting: str) -> str:
    parse_units(setting)
    return setting


type Url = Annotated[str, AfterValidator(_plain), AfterValidator(_some)]
type File = Annotated[Path, BeforeValidator(_named), AfterValidator(lambda path: Path(_plain(str(path))))]
type Port = Annotated[int, Field(ge=0, le=65535)]
type FileForServer = Annotated[File | None, AfterValidator(_beside_a_server)]


class Settings(BaseSettings):
    """What a process needs to know before it starts. Empty URLs mean embedded servers. `nats_url` may name several
    servers of one cluster, separated by commas; a stream is kept on `nats_replicas` of them. `instance` tells the
    processes of one service apart that run on one machine."""

    model_config = SettingsConfigDict(env_prefix="DAIHOI_", frozen=True)

    congress: Annotated[str, Field(pattern=ID_PATTERN)] = "namdinh-xx"
    nats_url: Url = ""
    nats_credentials: File | None = None
    """One `.creds` file, or a folder of them; see `shared.eventstore.credentials`."""
    nats_ca: FileForServer = None
    nats_certificate: FileForServer = None
    nats_key: FileForServer = None
    """Looked at here, so that a mistake is told; `shared.platform.nats_tls` reads them whenever it connects."""
    nats_replicas: Annotated[Literal[1, 3, 5], BeforeValidator(_number)] = 1
    mongo_url: Url = ""
    mongo_password_file: File | None = None
    """The password of the user that `mongo_url` names; or a folder with one for each user, named like that."""
    mongod: Annotated[str, AfterValidator(_plain)] = ""
    """Looked at here, so that a mistake is told; which database is embedded, `shared.platform.databases` decides."""
    data_dir: File = Path(".daihoi")
    lang: Literal["vi", "en"] = "vi"
    log: Form = "plain"
    units: Annotated[str, AfterValidator(_names_units)] = ""
    """Looked at here, so that a mistake is told; what units there are, `shared.values.units` reads by itself."""
    evidence_mb: Annotated[int, BeforeValidator(_number), Field(ge=1, le=MOST_EVIDENCE_MB)] = 50
    """The largest file that a unit keeps as evidence, in MB of 1024 × 1024 bytes."""
    today: Annotated[Day | None, BeforeValidator(_day)] = None
    """The day as of which somebody works who puts on record afterwards what happened then; else the calendar's."""
    http_port: Annotated[Port | Literal["off"] | None, BeforeValidator(_number)] = None
    """Where this process speaks HTTP, 0 for any port that is free, `off` for none; else the service's own place from
    `http_first_port` on."""
    http_first_port: Annotated[int, BeforeValidator(_number), Field(ge=1, le=MOST_FIRST_PORT)] = 8700
    http_host: Annotated[str, AfterValidator(_plain)] = "127.0.0.1"
    """The address that it listens on: loopback alone, unless a setting says otherwise."""
    http_addresses: Annotated[str, AfterValidator(_plain), AfterValidator(_addresses)] = ""
    """What people type to reach the services: `subcommittee=https://…; logistics=https://…`."""
    oidc_issuer: Annotated[str, AfterValidator(_plain)] = ""
    """The provider of OpenID Connect whose people sign in here, as it calls itself; none where it is empty."""
    oidc_client_id: Annotated[str, AfterValidator(_plain)] = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_ca: Annotated[str, AfterValidator(_plain)] = ""
    """A file in PEM: the authorities that alone vouch for the provider; those known everywhere where it is empty."""
    oidc_claim: Annotated[str, AfterValidator(_plain)] = ""
    """The claim that says which account is meant, such as `preferred_username` where people can't change it; else
    `sub`, then a verified `email`."""
    issuer_private_key: File | None = None
    issuer_public_key: File | None = None
    instance: Annotated[str, Field(pattern=rf"^$|{ID_PATTERN}")] = ""

    @property
    def happened(self) -> datetime | None:
        """When that happened which is put on record as of another day than the calendar's: at noon; else now."""
        if self.today is None or self.today == datetime.now(LOCAL_TIME).date():
            return None
        return datetime.combine(self.today, time(12), LOCAL_TIME)

    @property
    def instance_name(self) -> str:
        """What health asks a process for alone: its `instance`, else the machine's name, which in a container is the
        container's."""
        return self.instance or slug(socket.gethostname())[:ID_LENGTH] or "here"

    @property
    def named_addresses(self) -> Mapping[str, str]:
        """The addresses in `http_addresses` by service, without a slash at the end."""
        parts = (_ADDRESS.fullmatch(part.strip()) for part in self.http_addresses.split(";"))
        return {part[1]: part[2] for part in parts if part}

    @property
    def most_evidence_bytes(self) -> int:
        return self.evidence_mb * 1024**2

    @property
    def nats_keys_folder(self) -> Path:
        """Where the account's key is, if it is here at all."""
        named = self.nats_credentials
        return named if named and named.is_dir() else self.data_dir / FOLDER

    @property
    def issuer_private_key_path(self) -> Path:
        return self.issuer_private_key or self.data_dir / "issuer" / "private" / "issuer.key"

    @property
    def issuer_public_keys(self) -> Path:
        """What tokens are checked with: a folder of keys, or one file where the setting names one."""
        return self.issuer_public_key or self.data_dir / "issuer" / "public"

    @property
    def issuer_public_key_path(self) -> Path:
        """The public half of the first pair."""
        keys = self.issuer_public_keys
        return keys if self.issuer_public_key and not keys.is_dir() else keys / "issuer.pub"

    @property
    def database(self) -> str:
        return f"daihoi_{self.congress}"
