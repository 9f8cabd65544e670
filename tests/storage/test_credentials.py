import asyncio
import hashlib
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import metadata

import pytest
from c2pa import Builder, Reader
from PIL import Image

from storage import claims
from storage.credentials import Credentials
from storage.errors import SigningFailed, UnreadableImage
from storage.pki import local_identity
from tests.storage.samples import claim, digest_of, flip_a_pixel_bit, picture

KINDS = [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")]


def manifest_of(credentials, signed):
    with Reader("image/png", io.BytesIO(signed.data), context=credentials._context) as reader:
        document = json.loads(reader.json())
    return document["manifests"][document["active_manifest"]]


def assertions_of(credentials, signed):
    return {item["label"]: item["data"] for item in manifest_of(credentials, signed)["assertions"]}


def sign_carelessly(credentials, image, parent):
    """Sign on top of whatever parent, as another program with our key might."""
    definition = claims.manifest(claim("careless", parent=parent), "")
    output = io.BytesIO()
    with Builder(definition, context=credentials._context) as builder:
        builder.add_ingredient(
            {"title": "p", "relationship": "parentOf", "instance_id": "parent", "label": "parent"},
            "image/png",
            io.BytesIO(parent),
        )
        builder.sign(credentials._signer, "image/png", io.BytesIO(image), output)
    return output.getvalue()


@pytest.mark.parametrize(("kind", "media_type"), KINDS)
async def test_a_signed_image_is_trusted_ours_and_keeps_its_pixels(credentials, kind, media_type):
    plain = picture(kind)
    signed = await credentials.sign(plain, media_type, claim("generation-7"))
    report = await credentials.read(signed.data)

    assert (report.state, report.is_ours, report.failures, report.is_tampered) == ("trusted", True, (), False)
    assert (report.generation, report.generator, report.actions) == ("generation-7", "Threadbrush", ("c2pa.created",))
    assert signed.manifest == report.active_manifest
    assert signed.digest == hashlib.sha256(signed.data).hexdigest()
    assert Image.open(io.BytesIO(signed.data)).tobytes() == Image.open(io.BytesIO(plain)).tobytes()
    assert len(signed.data) - len(plain) < 12_000
    assert json.loads(json.dumps(report.to_json()))["is_ours"]


async def test_stripping_the_manifest_gives_the_bytes_before_signing(credentials):
    plain = picture()
    signed = (await credentials.sign(plain, "image/png", claim())).data
    start = signed.index(b"caBX") - 4
    length = int.from_bytes(signed[start : start + 4], "big") + 12

    assert signed[:start] + signed[start + length :] == plain


@pytest.mark.parametrize(
    ("more", "source"),
    [
        ({}, claims.ALGORITHMIC),
        ({"neural": True}, claims.TRAINED),
        ({"uploads": (picture("JPEG"),)}, claims.COMPOSITE_SYNTHETIC),
        ({"composite": True}, claims.COMPOSITE_SYNTHETIC),
        ({"uploads": (picture(),), "neural": True}, claims.COMPOSITE_TRAINED),
    ],
)
async def test_the_source_type_says_how_the_pixels_were_made(credentials, more, source):
    signed = await credentials.sign(picture(), "image/png", claim(**more))
    first = assertions_of(credentials, signed)["c2pa.actions.v2"]["actions"][0]

    assert first["action"] == "c2pa.created"
    assert first["digitalSourceType"] == source


async def test_a_manifest_says_what_conformance_asks_for(credentials):
    signed = await credentials.sign(picture(), "image/png", claim(credits=("Twemoji, CC BY 4.0",)))
    manifest, assertions = manifest_of(credentials, signed), assertions_of(credentials, signed)
    generator = manifest["claim_generator_info"][0]

    assert (generator["name"], generator["version"], generator["specVersion"]) == (
        "Threadbrush",
        metadata.version("threadbrush"),
        "2.4",
    )
    assert assertions["c2pa.actions.v2"]["allActionsIncluded"] is True
    assert assertions["cawg.training-mining"]["entries"]["cawg.ai_training"] == {"use": "notAllowed"}
    assert assertions["org.threadbrush.attribution"] == {"credits": ["Twemoji, CC BY 4.0"]}
    assert assertions["org.threadbrush.generation"]["model"] == "sketch-1"
    assert [item.get("created") for item in manifest["assertions"] if item["label"] == "c2pa.actions.v2"] == [True]
    assert "thumbnail" not in manifest


async def test_nothing_in_a_manifest_lets_a_stranger_test_a_guess_of_the_prompt(credentials, strangers):
    ours = await credentials.sign(picture(), "image/png", claim())
    theirs = await strangers.sign(picture(), "image/png", claim())
    ours_says = assertions_of(credentials, ours)["org.threadbrush.generation"]["promptCommitment"]
    theirs_says = assertions_of(strangers, theirs)["org.threadbrush.generation"]["promptCommitment"]

    assert digest_of("a red hat").encode() not in ours.data
    assert len(ours_says) == 64
    assert ours_says != theirs_says


async def test_three_revisions_form_a_chain_that_is_walked_to_its_root(credentials):
    labels, latest = [], await credentials.sign(picture(), "image/png", claim("r0"))
    for number in (1, 2, 3):
        labels.append(latest.manifest)
        revised = claim(f"r{number}", parent=latest.data, changes=("recolored",))
        latest = await credentials.sign(picture(color=f"#{number}0{number}0{number}0"), "image/png", revised)
    report = await credentials.read(latest.data)

    assert (report.state, report.is_ours, report.is_tampered) == ("trusted", True, False)
    assert report.actions == ("c2pa.opened", "c2pa.edited")
    assert [item.manifest for item in report.ingredients] == labels[::-1]
    assert [(item.generation, item.depth, item.relationship) for item in report.ingredients] == [
        ("r2", 1, "parentOf"),
        ("r1", 2, "parentOf"),
        ("r0", 3, "parentOf"),
    ]
    actions = assertions_of(credentials, latest)["c2pa.actions.v2"]["actions"]
    assert "digitalSourceType" not in actions[0]
    assert actions[1]["description"] == "recolored"


@pytest.mark.parametrize(("neural", "relationship"), [(True, "inputTo"), (False, "componentOf")])
async def test_uploads_are_ingredients_beside_the_parent(credentials, neural, relationship):
    parent = await credentials.sign(picture(), "image/png", claim("r0"))
    more = {"parent": parent.data, "uploads": (picture("JPEG"), picture("WEBP")), "neural": neural}
    signed = await credentials.sign(picture(), "image/png", claim("r1", **more))
    report = await credentials.read(signed.data)

    assert report.state == "trusted"
    assert [(item.relationship, item.manifest is None) for item in report.ingredients] == [
        ("parentOf", False),
        (relationship, True),
        (relationship, True),
    ]


@pytest.mark.parametrize(("kind", "media_type"), KINDS)
async def test_one_flipped_bit_is_found(credentials, kind, media_type):
    plain = picture(kind)
    signed = await credentials.sign(plain, media_type, claim())
    report = await credentials.read(flip_a_pixel_bit(signed.data, plain))

    assert (report.state, report.is_tampered) == ("invalid", True)
    assert "assertion.dataHash.mismatch" in report.failures


async def test_a_manifest_moved_to_another_picture_is_found(credentials):
    signed = (await credentials.sign(picture(), "image/png", claim())).data
    start = signed.index(b"caBX") - 4
    length = int.from_bytes(signed[start : start + 4], "big") + 12
    other = picture(color="#00ff00")
    report = await credentials.read(other[:33] + signed[start : start + length] + other[33:])

    assert (report.state, report.is_tampered) == ("invalid", True)


async def test_a_changed_assertion_is_found(credentials):
    signed = (await credentials.sign(picture(), "image/png", claim("generation-a"))).data
    report = await credentials.read(signed.replace(b"generation-a", b"generation-b"))

    assert report.state == "invalid"
    assert report.is_tampered


async def test_an_authority_with_the_same_names_is_not_ours(credentials, strangers):
    signed = await strangers.sign(picture(), "image/png", claim())
    report = await credentials.read(signed.data)

    assert report.issuer == (await strangers.read(signed.data)).issuer
    assert (report.is_ours, report.is_tampered) == (False, False)
    assert report.state == "valid"
    assert report.failures == ("signingCredential.untrusted",)


async def test_encoding_anew_leaves_no_manifest(credentials):
    signed = await credentials.sign(picture(), "image/png", claim())
    buffer = io.BytesIO()
    Image.open(io.BytesIO(signed.data)).save(buffer, "PNG")

    assert (await credentials.read(buffer.getvalue())).state == "none"


async def test_a_tampered_parent_is_found_under_a_trusted_signature(credentials):
    plain = picture()
    parent = await credentials.sign(plain, "image/png", claim("r0"))
    tampered = flip_a_pixel_bit(parent.data, plain)
    report = await credentials.read(sign_carelessly(credentials, picture(color="#00ff00"), tampered))

    assert report.state == "trusted"
    assert report.is_tampered
    assert [item.generation for item in report.broken_ingredients] == ["r0"]
    assert "assertion.dataHash.mismatch" in report.broken_ingredients[0].failures


async def test_a_tampered_grandparent_is_found_too(credentials):
    plain = picture()
    tampered = flip_a_pixel_bit((await credentials.sign(plain, "image/png", claim("r0"))).data, plain)
    parent = sign_carelessly(credentials, picture(color="#00ff00"), tampered)
    report = await credentials.read(sign_carelessly(credentials, picture(color="#0000ff"), parent))

    assert report.is_tampered
    assert [item.depth for item in report.broken_ingredients] == [2]


async def test_we_never_sign_on_top_of_a_tampered_parent(credentials):
    plain = picture()
    tampered = flip_a_pixel_bit((await credentials.sign(plain, "image/png", claim("r0"))).data, plain)

    with pytest.raises(SigningFailed, match="changed after signing"):
        await credentials.sign(picture(), "image/png", claim("r1", parent=tampered))


async def test_what_cannot_be_signed_says_so_and_names_nothing_private(credentials):
    with pytest.raises(SigningFailed):
        await credentials.sign(b"no image", "image/png", claim())
    with pytest.raises(SigningFailed):
        await credentials.sign(picture(), "image/x-unknown", claim())
    with pytest.raises(UnreadableImage):
        await credentials.sign(picture(), "image/png", claim(parent=b"text"))


@pytest.mark.parametrize("cut", [0.01, 0.2, 0.5, 0.9, 0.999])
@pytest.mark.parametrize(("kind", "media_type"), KINDS)
async def test_a_truncated_image_of_ours_is_never_taken_for_intact(credentials, kind, media_type, cut):
    signed = (await credentials.sign(picture(kind), media_type, claim())).data
    report = await credentials.read(signed[: max(16, int(len(signed) * cut))])

    assert report.state in {"invalid", "none"}


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty"), (b"just words", "not-an-image"), (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not-an-image")],
)
async def test_a_file_that_is_no_image_is_refused_by_its_content(credentials, data, code):
    with pytest.raises(UnreadableImage) as caught:
        await credentials.read(data)

    assert caught.value.code == code


async def test_many_images_are_signed_at_once(credentials):
    made = await asyncio.gather(*[credentials.sign(picture(), "image/png", claim(f"g{i}")) for i in range(8)])

    assert [(await credentials.read(item.data)).generation for item in made] == [f"g{i}" for i in range(8)]
    assert len({item.manifest for item in made}) == 8


async def test_a_certificate_near_its_end_is_replaced_before_the_next_signature(tmp_path):
    now = datetime.now(UTC)
    old = local_identity(tmp_path, now - timedelta(days=340))
    identities = iter([old, local_identity(tmp_path, now)])
    credentials = Credentials(lambda: next(identities))
    parent = await credentials.sign(picture(), "image/png", claim("r0"))
    assert credentials.identity.serial != old.serial

    child = await credentials.sign(picture(), "image/png", claim("r1", parent=parent.data))

    assert (await credentials.read(child.data)).serial == str(credentials.identity.serial)


@pytest.mark.slow
async def test_an_image_outlives_its_certificate_as_a_parent_but_not_as_a_proof(tmp_path):
    """Without a time stamp nobody can tell when an expired certificate signed; the records still know the bytes."""
    expiring = local_identity(tmp_path, datetime.now(UTC) - timedelta(days=365) + timedelta(minutes=5, seconds=4))
    before = Credentials(lambda: replace(expiring, not_after=datetime.now(UTC) + timedelta(days=90)))
    parent = await before.sign(picture(), "image/png", claim("r0"))
    while datetime.now(UTC) <= expiring.not_after + timedelta(seconds=1):
        await asyncio.sleep(0.1)
    after = Credentials(lambda: local_identity(tmp_path))
    alone = await after.read(parent.data)
    child = await after.read((await after.sign(picture(), "image/png", claim("r1", parent=parent.data))).data)

    assert (alone.is_ours, alone.is_tampered) == (False, False)
    assert "signingCredential.expired" in alone.failures
    assert (child.state, child.is_ours, child.is_tampered) == ("trusted", True, False)
