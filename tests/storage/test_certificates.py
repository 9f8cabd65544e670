"""Certificates that an operator brings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from storage.certificates import configured_identity
from storage.credentials import Credentials
from storage.errors import KeyMaterialError
from storage.pki import local_identity
from tests.storage.samples import claim, picture

NOW = datetime.now(UTC)


@pytest.fixture
def files(tmp_path):
    """A good chain and key, as files."""
    identity = local_identity(tmp_path / "authority")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_text(identity.chain)
    key.write_text(identity.key)
    return chain, key


def pem_of(key, password=None):
    protection = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)


def leaf_with(key, *, purposes=(ExtendedKeyUsageOID.EMAIL_PROTECTION,), ca=False, issuer=None, certifies=False):
    """A certificate for ``key``; self-issued unless an issuer is given."""
    name = x509.Name.from_rfc4514_string("CN=Operator,O=Operator,C=NL")
    issuer_key = issuer or key
    usage = x509.KeyUsage(not certifies, False, False, False, False, certifies, certifies, False, False)  # noqa: FBT003 - X.509's order
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=90))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    digest = None if isinstance(issuer_key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(issuer_key, digest).public_bytes(serialization.Encoding.PEM)


async def test_a_configured_chain_signs_and_is_ours(tmp_path, files):
    credentials = await Credentials.open(tmp_path / "keys", *files)
    signed = await credentials.sign(picture(), "image/png", claim())
    report = await credentials.read(signed.data)

    assert (report.state, report.is_ours, report.failures) == ("trusted", True, ())
    assert not (tmp_path / "keys").exists()


async def test_another_customer_of_the_same_authority_is_not_us(tmp_path, files):
    customer = await Credentials.open(tmp_path / "keys", *files)
    signed = await customer.sign(picture(), "image/png", claim())
    configured = configured_identity(*files)
    us = Credentials(lambda: replace(configured, serial=configured.serial + 1))
    report = await us.read(signed.data)

    assert (report.state, report.is_ours) == ("trusted", False)


async def test_images_signed_before_the_certificate_was_bought_stay_ours(tmp_path, files):
    before = await Credentials.open(tmp_path / "keys")
    signed = await before.sign(picture(), "image/png", claim())
    after = await Credentials.open(tmp_path / "keys", *files)

    assert (await after.read(signed.data)).is_ours


async def test_half_a_configuration_never_falls_back_to_the_local_chain(tmp_path, files):
    chain, key = files
    with pytest.raises(KeyMaterialError, match=r"chain\.pem: .* both or none"):
        await Credentials.open(tmp_path / "keys", chain, None)
    with pytest.raises(KeyMaterialError, match=r"key\.pem: .* both or none"):
        await Credentials.open(tmp_path / "keys", None, key)


@pytest.mark.parametrize(
    ("make", "algorithm"),
    [
        (lambda: ec.generate_private_key(ec.SECP256R1()), "es256"),
        (lambda: ec.generate_private_key(ec.SECP384R1()), "es384"),
        (lambda: ec.generate_private_key(ec.SECP521R1()), "es512"),
        (lambda: rsa.generate_private_key(65537, 2048), "ps256"),
        (ed25519.Ed25519PrivateKey.generate, "ed25519"),
    ],
)
def test_the_algorithm_follows_from_the_key(files, make, algorithm):
    chain, key_file = files
    key = make()
    chain.write_bytes(leaf_with(key))
    key_file.write_bytes(pem_of(key))

    assert configured_identity(chain, key_file).algorithm == algorithm


def test_a_key_of_another_certificate_is_refused(files):
    chain, key = files
    key.write_bytes(pem_of(ec.generate_private_key(ec.SECP256R1())))

    with pytest.raises(KeyMaterialError, match=r"key\.pem: is not the key of the first certificate"):
        configured_identity(chain, key)


def test_missing_damaged_and_encrypted_files_are_named(files, tmp_path):
    chain, key = files
    with pytest.raises(KeyMaterialError, match=r"none\.pem: cannot be read"):
        configured_identity(tmp_path / "none.pem", key)
    with pytest.raises(KeyMaterialError, match=r"key\.pem: holds no PEM certificate"):
        configured_identity(key, key)
    with pytest.raises(KeyMaterialError, match=r"chain\.pem: holds no PEM private key"):
        configured_identity(chain, chain)
    key.write_bytes(pem_of(ec.generate_private_key(ec.SECP256R1()), b"secret"))
    with pytest.raises(KeyMaterialError, match="is encrypted"):
        configured_identity(chain, key)


def test_dates_are_checked(files):
    chain, key = files
    with pytest.raises(KeyMaterialError, match="expired on"):
        configured_identity(chain, key, NOW + timedelta(days=400))
    with pytest.raises(KeyMaterialError, match="not valid before"):
        configured_identity(chain, key, NOW - timedelta(days=400))


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"purposes": (ExtendedKeyUsageOID.SERVER_AUTH,)}, "extended key usage"),
        ({"purposes": ()}, "lacks extendedKeyUsage"),
        ({"ca": True}, "authority's certificate"),
        ({"certifies": True}, "must be digitalSignature"),
    ],
)
def test_a_certificate_that_may_not_sign_claims_is_refused(files, how, reason):
    chain, key_file = files
    key = ec.generate_private_key(ec.SECP256R1())
    chain.write_bytes(leaf_with(key, **how))
    key_file.write_bytes(pem_of(key))

    with pytest.raises(KeyMaterialError, match=reason):
        configured_identity(chain, key_file)


def test_a_chain_in_disorder_is_refused(files):
    chain, key_file = files
    key = ec.generate_private_key(ec.SECP256R1())
    stranger = ec.generate_private_key(ec.SECP256R1())
    chain.write_bytes(leaf_with(key) + leaf_with(stranger, ca=True))
    key_file.write_bytes(pem_of(key))

    with pytest.raises(KeyMaterialError, match="not in order"):
        configured_identity(chain, key_file)
