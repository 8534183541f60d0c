"""Signing in with a provider of OpenID Connect: authorization code with PKCE, as any standard provider offers it."""

import asyncio
import hashlib
import logging
import ssl
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from shared.eventstore.wire import NotJson, read_json
from shared.platform.settings import Settings
from shared.values.brief import brief, brief_text
from shared.values.secrecy import without_secrets
from shared.web.sign_in.refusals import NOT_PROVED, PROVIDER_AWAY, PROVIDER_REFUSED

TIMEOUT_S = 5.0
DISCOVERED_FOR_S = 3600.0
KEYS_AGAIN_AFTER_S = 10.0
"""An unknown key has them read again, no more often than this."""
LEEWAY_S = 60
MOST_BYTES = 256 * 1024
LONGEST_TOKEN = 64 * 1024
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures with a public key alone: neither `none` nor a shared secret."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

logger = logging.getLogger(__name__)


class _Provider(NamedTuple):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    takes_basic: bool


class Oidc:
    """`transport` is how providers are reached, where it is not the network."""

    def __init__(self, settings: Settings, redirect_uri: str, transport: httpx.AsyncBaseTransport | None = None):
        self._settings, self._redirect_uri, self._transport = settings, redirect_uri, transport
        self._provider: _Provider | None = None
        self._discovered_at = self._keys_at = float("-inf")
        self._keys: KeySet | None = None
        self._looking = asyncio.Lock()

    async def begin(self, state: str, nonce: str, verifier: str) -> str:
        """The provider's URL that somebody is to be sent to. Raises the refusal `oidc_provider_away`."""
        provider = await self._discover()
        challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": self._redirect_uri,
            "scope": "openid profile email",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        separator = "&" if "?" in provider.authorization_endpoint else "?"
        return f"{provider.authorization_endpoint}{separator}{urlencode(query)}"

    async def finish(self, code: str, nonce: str, verifier: str) -> tuple[str, ...]:
        """What the provider calls whoever comes back with this code, the best name first. Raises a refusal."""
        provider = await self._discover()
        token = await self._exchange(provider, code, verifier)
        claims = await self._proved(provider, token, nonce)
        return _names(claims, self._settings.oidc_claim)

    async def _exchange(self, provider: _Provider, code: str, verifier: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": verifier,
        }
        client_id, secret = self._settings.oidc_client_id, self._settings.oidc_client_secret.get_secret_value()
        basic = bool(secret) and provider.takes_basic
        if not basic:
            form |= {"client_id": client_id, **({"client_secret": secret} if secret else {})}
        # RFC 6749, 2.3.1: both are encoded as in a form first.
        authorization = (quote_plus(client_id), quote_plus(secret)) if basic else None
        answer = await self._ask("POST", provider.token_endpoint, data=form, auth=authorization)
        token = answer.get("id_token")
        if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
            raise NOT_PROVED()
        return token

    async def _proved(self, provider: _Provider, token: str, nonce: str) -> Mapping[str, Any]:
        for again in (False, True):
            keys = await self._key_set(provider, again=again)
            try:
                decoded = jwt.decode(token, keys, algorithms=[*ALGORITHMS])
                self._registry(provider, nonce).validate(decoded.claims)
            except (JoseError, ValueError, TypeError, KeyError) as error:
                if not again and _may_be_newer_key(token, keys):
                    continue
                logger.warning("an ID token does not hold: %s", brief(error))
                raise NOT_PROVED() from error
            if self._is_for_others(decoded.claims):
                raise NOT_PROVED()
            return decoded.claims
        raise NOT_PROVED()

    def _registry(self, provider: _Provider, nonce: str) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": self._settings.oidc_client_id},
            nonce={"essential": True, "value": nonce},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )

    def _is_for_others(self, claims: Mapping[str, Any]) -> bool:
        audience, party = claims["aud"], claims.get("azp")
        ours = self._settings.oidc_client_id
        return (isinstance(audience, list) and len(audience) > 1 and party != ours) or party not in (None, ours)

    async def _discover(self) -> _Provider:
        async with self._looking:
            if self._provider is None or time.monotonic() - self._discovered_at > DISCOVERED_FOR_S:
                self._provider = await self._look_up()
                self._discovered_at = time.monotonic()
            return self._provider

    async def _look_up(self) -> _Provider:
        issuer = self._settings.oidc_issuer
        metadata = await self._ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        endpoints = [metadata.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if metadata.get("issuer") != issuer or not all(map(_is_safe, endpoints)):
            logger.error("what %s says of itself is not to be used: another issuer, or no https", issuer)
            raise PROVIDER_AWAY()
        methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        authorization, token, keys = map(str, endpoints)
        return _Provider(issuer, authorization, token, keys, "client_secret_basic" in methods)

    async def _key_set(self, provider: _Provider, *, again: bool) -> KeySet:
        async with self._looking:
            waits_s = KEYS_AGAIN_AFTER_S if again else DISCOVERED_FOR_S
            if self._keys is None or time.monotonic() - self._keys_at > waits_s:
                answer = await self._ask("GET", provider.jwks_uri)
                try:
                    self._keys = KeySet.import_key_set({"keys": _for_signatures(answer["keys"])})
                except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
                    raise PROVIDER_AWAY() from error
                self._keys_at = time.monotonic()
            return self._keys

    async def _ask(self, method: str, url: str, **what: Any) -> dict[str, Any]:
        """Raises the refusals `oidc_provider_away`, and `oidc_refused` where it says that the request is wrong."""
        body = b""
        try:
            async with (
                httpx.AsyncClient(verify=self._trusted(), timeout=TIMEOUT_S, transport=self._transport) as client,
                client.stream(method, url, **what) as answer,
            ):
                async with asyncio.timeout(TIMEOUT_S):
                    async for part in answer.aiter_bytes():
                        body += part
                        if len(body) > MOST_BYTES:
                            raise ValueError("too much")
                if method == "POST" and answer.status_code in (400, 401):
                    logger.warning(
                        "%s refused: %s", url, brief_text(without_secrets(body.decode(errors="replace")), 200)
                    )
                    raise PROVIDER_REFUSED()
                answer.raise_for_status()
            content = read_json(body)
        except (httpx.HTTPError, httpx.InvalidURL, NotJson, ValueError, OSError) as error:
            logger.warning("%s does not answer as it must: %s", url, brief(error))
            raise PROVIDER_AWAY() from error
        if not isinstance(content, dict):
            raise PROVIDER_AWAY()
        return content

    def _trusted(self) -> ssl.SSLContext | bool:
        """Read anew each time, as it may be renewed. Raises `OSError`."""
        ca = self._settings.oidc_ca
        return ssl.create_default_context(cafile=ca) if ca else True


def _for_signatures(keys: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A provider may offer kinds of keys that this library does not know, for other purposes."""
    return [key for key in keys if key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig"]


def _may_be_newer_key(token: str, keys: KeySet) -> bool:
    try:
        key_id = _header(token).get("kid")
    except ValueError:
        return False
    return key_id is not None and key_id not in {key.kid for key in keys.keys}


def _header(token: str) -> Mapping[str, Any]:
    """Unverified. Raises `ValueError`."""
    try:
        return extract_compact(token.encode()).headers()
    except (JoseError, UnicodeError) as error:
        raise ValueError("no JWT") from error


def _names(claims: Mapping[str, Any], claim: str) -> tuple[str, ...]:
    named = [claims.get(claim)] if claim else [claims.get("sub"), _email(claims)]
    return tuple(name for name in named if isinstance(name, str) and name)


def _email(claims: Mapping[str, Any]) -> object:
    """An address that the provider has not verified is anybody's."""
    return claims.get("email") if claims.get("email_verified") is True else None


def _is_safe(url: object) -> bool:
    if not isinstance(url, str):
        return False
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
