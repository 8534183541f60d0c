"""A small provider of OpenID Connect, as strict as the specification has it, in the test's own process."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

ISSUER, CLIENT, SECRET = "https://id.example.org", "daihoi", "s:ecret"


class Provider:
    """`claims` are laid over those of the ID token; `forge` makes it of the right ones instead of the provider."""

    def __init__(self):
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.said = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
        }
        self.claims = {}
        self.forge = None
        self.asked = []
        self._codes = {}
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/keys", self._keys),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    @property
    def transport(self):
        return httpx.ASGITransport(app=self.app)

    def authorize(self, url):
        """What it sends the browser back with, once somebody has proved who they are."""
        asked = {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}
        assert url.startswith(f"{ISSUER}/authorize?")
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_hex(8)
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def signed(self, claims, key=None, **header):
        return jwt.encode({"alg": "RS256", "kid": (key or self.key).kid, **header}, claims, key or self.key)

    async def _discovery(self, request: Request):
        self.asked.append("discovery")
        return JSONResponse(self.said)

    async def _keys(self, request: Request):
        self.asked.append("keys")
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def _token(self, request: Request):
        form = await request.form()
        asked = self._codes.pop(form["code"], None)
        basic = base64.b64encode(f"{CLIENT}:{quote_plus(SECRET)}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
        if (
            asked is None
            or form["redirect_uri"] != asked["redirect_uri"]
            or request.headers["authorization"] != f"Basic {basic}"
            or challenge.rstrip("=") != asked["code_challenge"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": CLIENT,
            "sub": "4711",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.claims,
        }
        token = self.forge(claims) if self.forge else self.signed(claims)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": token})


def hmac_with_the_public_key(provider, claims):
    """An old trick: the public key, which all know, taken for a shared secret."""
    signed = ".".join(map(_part, ({"alg": "HS256", "kid": "one"}, claims)))
    mac = hmac.digest(provider.key.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def unsigned(claims):
    return ".".join((_part({"alg": "none"}), _part(claims), ""))


def _part(content):
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
