"""Settings, from `DAIHOI_*` in the environment."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.domain.values import ID_PATTERN


def _number(told: object) -> object:
    """The environment holds text."""
    return int(told) if isinstance(told, str) and told.isdecimal() else told


class Settings(BaseSettings):
    """What a process needs to know before it starts. Empty URLs mean embedded servers. `nats_url` may name several
    servers of one cluster, separated by commas; a stream is kept on `nats_replicas` of them."""

    model_config = SettingsConfigDict(env_prefix="DAIHOI_", frozen=True)

    congress: Annotated[str, Field(pattern=ID_PATTERN)] = "namdinh-xx"
    nats_url: str = ""
    nats_replicas: Annotated[Literal[1, 3, 5], BeforeValidator(_number)] = 1
    mongo_url: str = ""
    data_dir: Path = Path(".daihoi")
    lang: Literal["vi", "en"] = "vi"
    issuer_private_key: Path | None = None
    issuer_public_key: Path | None = None

    @property
    def issuer_private_key_path(self) -> Path:
        return self.issuer_private_key or self.data_dir / "issuer" / "private" / "issuer.key"

    @property
    def issuer_public_key_path(self) -> Path:
        return self.issuer_public_key or self.data_dir / "issuer" / "public" / "issuer.pub"

    @property
    def database(self) -> str:
        return f"daihoi_{self.congress}"
