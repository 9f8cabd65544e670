"""The certificate chain that signs images: made on first run, renewed in time, or brought by the operator.

A local chain is root (P-384) -> issuing CA (P-384) -> leaf (P-256, ES256), after the claim-signing profile of the C2PA
conformance program without what only a listed product gets (record id, assurance level, OCSP). Knows no image.

Source: c2pa-org/conformance-public, docs/v0.2/cert-profiles (claimSigningLeaf.al1, issuing CA), checked 2026-11-22.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, ObjectIdentifier

from storage.errors import KeyMaterialError

EMAIL_PROTECTION = ObjectIdentifier("1.3.6.1.5.5.7.3.4")
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
CLAIM_SIGNING = ObjectIdentifier("1.3.6.1.4.1.62558.2.1")  # c2pa-kp-claimSigning
USAGES = (EMAIL_PROTECTION, DOCUMENT_SIGNING, CLAIM_SIGNING)
_POLICY = ObjectIdentifier("1.3.6.1.4.1.62558.1.1")
_ORGANIZATION = "Threadbrush (self-hosted)"

RENEW_BEFORE = timedelta(days=30)
_ROOT_LIFE = timedelta(days=7300)
_ISSUING_LIFE = timedelta(days=1826)  # the profile's limit is 1827
_LEAF_LIFE = timedelta(days=365)  # the profile's limit is 366
_CLOCK_SKEW = timedelta(minutes=5)

AUTHORITY_FILE = "authority.pem"  # root and issuing CA with their keys
SIGNER_FILE = "signer.pem"  # leaf key, leaf, issuing CA
ROOT_FILE = "root.pem"  # the root alone, to hand to whoever wants to trust this installation


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningIdentity:
    """What signs, and whom to trust.

    Attributes:
        chain: PEM certificates, leaf first.
        key: PEM private key (PKCS#8); kept out of ``repr``.
        algorithm: C2PA's name: ``es256``, ``es384``, ``es512``, ``ps256``, ``ed25519``.
        anchor: PEM certificate under which our signatures are trusted.
        serial: The leaf's serial number.
        exclusive: Whether everything under ``anchor`` is ours; a public authority signs for others too.
    """

    chain: str
    key: str
    algorithm: str
    anchor: str
    serial: int
    not_after: datetime
    exclusive: bool

    def __repr__(self) -> str:
        """Without the key."""
        return f"SigningIdentity(algorithm={self.algorithm!r}, serial={self.serial}, not_after={self.not_after})"

    def expires_soon(self, now: datetime) -> bool:
        """Whether it should be renewed."""
        return self.not_after - now < RENEW_BEFORE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        return _key_pem(self.key) + _certificate_pem(self.certificate)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Authority:
    root: _Pair
    issuing: _Pair

    @property
    def pem(self) -> bytes:
        return self.root.pem + self.issuing.pem


def local_identity(folder: Path, now: datetime | None = None) -> SigningIdentity:
    """The identity of this installation in ``folder`` (0700, files 0600): made if missing, renewed if near its end.

    Safe when several processes start at once, and after a kill at any moment: every file appears whole.

    Raises:
        KeyMaterialError: The folder cannot be written or its files cannot be read.
    """
    now = now or datetime.now(UTC)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        with _exclusive(folder):
            authority = _authority(folder, now)
            return _signer(folder, authority, now)
    except OSError as exc:
        raise KeyMaterialError(folder, f"cannot be used for keys: {exc.strerror}") from exc


def _authority(folder: Path, now: datetime) -> _Authority:
    file = folder / AUTHORITY_FILE
    if file.exists():
        root, issuing = _load_pairs(file, 2)
        if not (folder / ROOT_FILE).exists():
            _write(folder / ROOT_FILE, _certificate_pem(root.certificate))
        if issuing.certificate.not_valid_after_utc - now > _LEAF_LIFE + RENEW_BEFORE:
            return _Authority(root=root, issuing=issuing)
    else:
        root = _make_root(now)
    authority = _Authority(root=root, issuing=_make_issuing(root, now))
    _write(file, authority.pem)
    _write(folder / ROOT_FILE, _certificate_pem(root.certificate))
    return authority


def _signer(folder: Path, authority: _Authority, now: datetime) -> SigningIdentity:
    file = folder / SIGNER_FILE
    issuing = _certificate_pem(authority.issuing.certificate)
    leaf = _load_pairs(file, 1)[0] if file.exists() else None
    if leaf is None or leaf.certificate.not_valid_after_utc - now < RENEW_BEFORE:
        leaf = _make_leaf(authority.issuing, now)
        _write(file, leaf.pem + issuing)
    # Read back, not taken from the authority: a renewed issuing CA must not replace the one that issued this leaf.
    chain = x509.load_pem_x509_certificates(file.read_bytes())
    return SigningIdentity(
        chain=b"".join(map(_certificate_pem, chain)).decode(),
        key=_key_pem(leaf.key).decode(),
        algorithm="es256",
        anchor=_certificate_pem(authority.root.certificate).decode(),
        serial=leaf.certificate.serial_number,
        not_after=leaf.certificate.not_valid_after_utc,
        exclusive=True,
    )


def _make_root(now: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP384R1())
    name = _name("Threadbrush Root")
    builder = _builder(name, name, key, now, _ROOT_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=2), critical=True)
    builder = builder.add_extension(_key_usage(certifies=True), critical=True)
    return _Pair(certificate=builder.sign(key, hashes.SHA384()), key=key)


def _make_issuing(root: _Pair, now: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP384R1())
    builder = _builder(_name("Threadbrush Issuing CA"), root.certificate.subject, key, now, _ISSUING_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_key_usage(certifies=True), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage(USAGES), critical=False)
    return _Pair(certificate=_issue(builder, root, hashes.SHA384()), key=key)


def _make_leaf(issuing: _Pair, now: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(_name("Threadbrush"), issuing.certificate.subject, key, now, _LEAF_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_key_usage(certifies=False), critical=True)
    # All three: verifiers differ in which one they ask for.
    builder = builder.add_extension(x509.ExtendedKeyUsage(USAGES), critical=False)
    return _Pair(certificate=_issue(builder, issuing, hashes.SHA384()), key=key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    start = now - _CLOCK_SKEW
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _issue(builder: x509.CertificateBuilder, issuer: _Pair, digest: hashes.HashAlgorithm) -> x509.Certificate:
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    policy = x509.CertificatePolicies([x509.PolicyInformation(_POLICY, None)])
    builder = builder.add_extension(authority, critical=False).add_extension(policy, critical=False)
    return builder.sign(issuer.key, digest)  # type: ignore[arg-type]  # cryptography's private union of hashes


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ZZ"),  # ISO 3166: unknown, for it is wherever it is hosted
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ORGANIZATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _key_usage(*, certifies: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certifies,
        content_commitment=not certifies,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certifies,
        crl_sign=certifies,
        encipher_only=False,
        decipher_only=False,
    )


def _certificate_pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _load_pairs(file: Path, count: int) -> list[_Pair]:
    """The first ``count`` (key, certificate) pairs of a file written by this module."""
    data = file.read_bytes()
    begin = b"-----BEGIN PRIVATE KEY-----"
    try:
        keys = [serialization.load_pem_private_key(begin + part, None) for part in data.split(begin)[1:]]
        certificates = x509.load_pem_x509_certificates(data)
    except ValueError as exc:
        raise KeyMaterialError(file, "is damaged; restore it from a backup, or move it away to start anew") from exc
    pairs = [
        _Pair(certificate=certificate, key=key)
        for certificate, key in zip(certificates, keys, strict=False)
        if isinstance(key, ec.EllipticCurvePrivateKey) and key.public_key() == certificate.public_key()
    ]
    if len(pairs) != count:
        raise KeyMaterialError(file, "is damaged; restore it from a backup, or move it away to start anew")
    return pairs


@contextmanager
def _exclusive(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(file: Path, data: bytes) -> None:
    """Whole or not at all, on the disk, readable by the owner only (which is how ``mkstemp`` makes files)."""
    descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
