"""A certificate chain and key that the operator brought: read, checked, refused with a reason.

What a verifier would refuse later is refused at start, naming the file. Knows no image.
"""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from storage.errors import KeyMaterialError
from storage.pki import USAGES, SigningIdentity

_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
_MIN_RSA_BITS = 2048


def configured_identity(certificate: Path, key: Path, now: datetime | None = None) -> SigningIdentity:
    """The identity of a PEM chain (leaf first) and its unencrypted PEM key.

    Raises:
        KeyMaterialError: A file is missing or no PEM, key and certificate do not belong together, the chain is broken,
            a certificate is not valid now, or the leaf may not sign claims.
    """
    now = now or datetime.now(UTC)
    chain = _load_chain(certificate)
    leaf = chain[0]
    private, pem = _load_key(key)
    if private.public_key() != leaf.public_key():
        raise KeyMaterialError(key, f"is not the key of the first certificate in {certificate}")
    _check_dates(certificate, chain, now)
    _check_usage(certificate, leaf)
    _check_links(certificate, chain)
    return SigningIdentity(
        chain="".join(map(_pem, chain)),
        key=pem,
        algorithm=_algorithm(key, private),
        anchor=_pem(chain[-1]),
        serial=leaf.serial_number,
        not_after=leaf.not_valid_after_utc,
        exclusive=False,
    )


PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


def _load_chain(file: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except OSError as exc:
        raise KeyMaterialError(file, f"cannot be read: {exc.strerror}") from exc
    except ValueError as exc:
        raise KeyMaterialError(file, "holds no PEM certificate") from exc


def _load_key(file: Path) -> tuple[PrivateKey, str]:
    try:
        data = file.read_bytes()
        key = serialization.load_pem_private_key(data, None)
    except OSError as exc:
        raise KeyMaterialError(file, f"cannot be read: {exc.strerror}") from exc
    except TypeError as exc:
        raise KeyMaterialError(file, "is encrypted; a key without a passphrase is needed") from exc
    except ValueError as exc:
        raise KeyMaterialError(file, "holds no PEM private key") from exc
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise KeyMaterialError(file, "is of a kind that cannot sign claims; use EC P-256, P-384, P-521, RSA or Ed25519")
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key, pem.decode()


def _algorithm(file: Path, key: PrivateKey) -> str:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPrivateKey):
        if key.key_size < _MIN_RSA_BITS:
            raise KeyMaterialError(file, f"has {key.key_size} bits; {_MIN_RSA_BITS} are needed")
        return "ps256"
    if key.curve.name not in _CURVES:
        raise KeyMaterialError(file, f"is on the curve {key.curve.name}; use P-256, P-384 or P-521")
    return _CURVES[key.curve.name]


def _check_dates(file: Path, chain: list[x509.Certificate], now: datetime) -> None:
    for certificate in chain:
        if now > certificate.not_valid_after_utc:
            raise KeyMaterialError(file, f"a certificate expired on {certificate.not_valid_after_utc:%Y-%m-%d}")
        if now < certificate.not_valid_before_utc:
            raise KeyMaterialError(
                file, f"a certificate is not valid before {certificate.not_valid_before_utc:%Y-%m-%d}"
            )


def _check_usage(file: Path, leaf: x509.Certificate) -> None:
    extensions = leaf.extensions
    try:
        constraints = extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        constraints = None
    if constraints is not None and constraints.ca:
        raise KeyMaterialError(file, "starts with an authority's certificate; the signing certificate must come first")
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
        purposes = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    except x509.ExtensionNotFound as exc:
        raise KeyMaterialError(file, f"the signing certificate lacks {exc.oid._name}") from exc  # noqa: SLF001 - the only name there is
    if not usage.digital_signature or usage.key_cert_sign:
        raise KeyMaterialError(file, "the signing certificate's key usage must be digitalSignature")
    if not set(purposes) & set(USAGES):
        raise KeyMaterialError(
            file,
            "the signing certificate's extended key usage has none of c2pa-kp-claimSigning, documentSigning, emailProtection",
        )


def _check_links(file: Path, chain: list[x509.Certificate]) -> None:
    for lower, upper in pairwise(chain):
        try:
            lower.verify_directly_issued_by(upper)
        except (ValueError, TypeError, InvalidSignature) as exc:
            raise KeyMaterialError(file, "the certificates are not in order: each must be issued by the next") from exc


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
