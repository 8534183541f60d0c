"""An authority of one test's own, and the certificates that it makes for servers and clients on loopback."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

A_DAY = timedelta(days=1)
SIGNS_CERTIFICATES = x509.KeyUsage(
    **dict.fromkeys(("key_cert_sign", "crl_sign", "digital_signature"), True),
    **dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False),
    **dict.fromkeys(("encipher_only", "decipher_only"), False),
)


class Pair(NamedTuple):
    certificate: Path
    key: Path


class Authority:
    """`certificate` is what others are to trust."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._folder, self._key, self._name = folder, generate_private_key(SECP256R1()), named("test authority")
        certificate = self._signed(self._name, self._key)
        for extension in (x509.BasicConstraints(ca=True, path_length=None), SIGNS_CERTIFICATES):
            certificate = certificate.add_extension(extension, critical=True)
        self.certificate = self._write("ca.pem", certificate)

    def server(self, name: str = "server", *, since: timedelta = -A_DAY, until: timedelta = A_DAY) -> Pair:
        """For a server on loopback, valid from `since` to `until` from now on. It may be shown to others too, as the
        servers of a cluster do."""
        addresses = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        return self._pair(name, x509.SubjectAlternativeName(addresses), since, until)

    def elsewhere(self) -> Pair:
        """For a server under another name."""
        return self._pair("elsewhere", x509.SubjectAlternativeName([x509.DNSName("nats.example")]), -A_DAY, A_DAY)

    client = server

    def _pair(self, name: str, addresses: x509.SubjectAlternativeName, since: timedelta, until: timedelta) -> Pair:
        key = generate_private_key(SECP256R1())
        certificate = self._signed(named(name), key, since, until).add_extension(addresses, False)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        written = self._folder / f"{name}.key"
        written.write_bytes(pem)
        written.chmod(0o600)
        return Pair(self._write(f"{name}.pem", certificate), written)

    def _signed(
        self, subject: x509.Name, key: EllipticCurvePrivateKey, since: timedelta = -A_DAY, until: timedelta = A_DAY
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(
            self._name, subject, key.public_key(), x509.random_serial_number(), now + since, now + until
        )
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        for identifier in (issuer, x509.SubjectKeyIdentifier.from_public_key(key.public_key())):
            builder = builder.add_extension(identifier, critical=False)
        return builder

    def _write(self, name: str, certificate: x509.CertificateBuilder) -> Path:
        path = self._folder / name
        path.write_bytes(certificate.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM))
        return path


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
