import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from storage.errors import KeyMaterialError
from storage.pki import AUTHORITY_FILE, RENEW_BEFORE, ROOT_FILE, SIGNER_FILE, USAGES, local_identity

DAY = timedelta(days=1)


@pytest.fixture
def keys(tmp_path):
    return tmp_path / "keys"


def chain_of(identity):
    return x509.load_pem_x509_certificates((identity.chain + identity.anchor).encode())


def test_the_first_run_makes_a_chain_of_three_that_holds(keys):
    leaf, issuing, root = chain_of(local_identity(keys))

    leaf.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    assert isinstance(leaf.public_key(), ec.EllipticCurvePublicKey)
    assert [key.public_key().curve.name for key in (leaf, issuing, root)] == ["secp256r1", "secp384r1", "secp384r1"]
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= 366 * DAY
    assert issuing.not_valid_after_utc - issuing.not_valid_before_utc <= 1827 * DAY


def test_the_leaf_follows_the_claim_signing_profile(keys):
    leaf, issuing, _root = chain_of(local_identity(keys))
    extensions = leaf.extensions
    usage = extensions.get_extension_for_class(x509.KeyUsage)

    assert usage.critical
    assert usage.value.digital_signature
    assert not usage.value.key_cert_sign
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert set(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == set(USAGES)
    assert extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    assert extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    assert extensions.get_extension_for_class(x509.CertificatePolicies)
    assert issuing.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    assert {attribute.oid._name for attribute in leaf.subject} == {
        "countryName",
        "organizationName",
        "commonName",
    }


def test_keys_are_readable_by_their_owner_only(keys):
    local_identity(keys)

    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert {file.name for file in keys.iterdir()} == {AUTHORITY_FILE, SIGNER_FILE, ROOT_FILE, ".lock"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in keys.iterdir()} == {0o600}


def test_a_second_run_uses_what_is_there_and_eight_at_once_agree(keys):
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: local_identity(keys), range(8)))

    assert made == [local_identity(keys)] * 8


def test_the_leaf_is_renewed_before_it_runs_out_under_the_same_root(keys):
    now = datetime.now(UTC)
    first = local_identity(keys, now)
    same = local_identity(keys, first.not_after - RENEW_BEFORE - DAY)
    renewed = local_identity(keys, first.not_after - RENEW_BEFORE + DAY)

    assert same == first
    assert renewed.serial != first.serial
    assert renewed.anchor == first.anchor
    assert renewed.not_after > first.not_after
    assert first.expires_soon(first.not_after - DAY)
    assert not first.expires_soon(now)


def test_no_leaf_outlives_the_authority_that_issued_it(keys):
    now = datetime.now(UTC)
    root = local_identity(keys, now).anchor
    for years in range(1, 12):
        identity = local_identity(keys, now + years * 365 * DAY)
        leaf, issuing, _root = chain_of(identity)

        leaf.verify_directly_issued_by(issuing)
        assert leaf.not_valid_after_utc <= issuing.not_valid_after_utc
        assert identity.anchor == root


@pytest.mark.parametrize("lost", [SIGNER_FILE, ROOT_FILE])
def test_a_kill_between_two_files_is_mended_by_the_next_run(keys, lost):
    first = local_identity(keys)
    (keys / lost).unlink()
    again = local_identity(keys)

    assert again.anchor == first.anchor
    assert (keys / lost).exists()


@pytest.mark.parametrize("damage", ["", "not PEM", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
@pytest.mark.parametrize("file", [AUTHORITY_FILE, SIGNER_FILE])
def test_damaged_keys_are_named_and_never_replaced(keys, file, damage):
    local_identity(keys)
    (keys / file).write_text(damage)

    with pytest.raises(KeyMaterialError, match=f"{file}: is damaged"):
        local_identity(keys)

    assert (keys / file).read_text() == damage


def test_an_identity_does_not_show_its_key(keys):
    identity = local_identity(keys)

    assert "PRIVATE" not in repr(identity)
    assert "PRIVATE" in identity.key
