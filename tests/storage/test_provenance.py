import hashlib
import io
import json
from dataclasses import replace

import pytest
from PIL import Image

from storage.blobs import Blobs
from storage.errors import UnreadableImage
from storage.provenance import verify
from storage.records import Credential, generation_id
from storage.renditions import RenditionRecord
from tests.storage.samples import claim, flip_a_pixel_bit, generation, open_job, picture
from tests.storage.test_credentials import sign_carelessly

PLAIN = picture()


async def publish(records, credentials, job, parent=None):
    """Sign and record a picture; returns its signed bytes and its id."""
    identity = generation_id(job, 0)
    signed = await credentials.sign(PLAIN, "image/png", claim(identity, parent=parent and parent[0]))
    await open_job(records, job)
    await records.add_generation(
        replace(
            generation(job, parents=(parent[1],) if parent else ()),
            digest=signed.digest,
            credential=Credential(signed=True, manifest=signed.manifest),
        )
    )
    return signed.data, identity


async def test_an_untouched_image_is_ours_with_its_history(records, credentials):
    first = await publish(records, credentials, "first")
    second = await publish(records, credentials, "second", parent=first)
    found = await verify(second[0], records, credentials)
    document = json.loads(json.dumps(found.to_json()))

    assert (document["schema"], document["ours"], document["verdict"]) == (1, True, "ours")
    assert document["generation"] == second[1]
    assert document["history"] == [second[1], first[1]]
    assert [item["kind"] for item in document["evidence"]] == ["digest", "manifest"]
    assert document["manifest"]["state"] == "trusted"
    assert set(document) == {"schema", "ours", "verdict", "generation", "evidence", "manifest", "history"}


async def test_an_intact_manifest_of_ours_suffices_when_the_record_is_lost(records, credentials):
    signed = await credentials.sign(PLAIN, "image/png", claim("lost"))
    found = await verify(signed.data, records, credentials)

    assert (found.verdict, found.ours, found.generation, found.history) == ("ours", True, "lost", ())
    assert [item.kind for item in found.evidence] == ["manifest"]


async def test_an_image_whose_credentials_were_taken_off_is_ours_modified(records, credentials):
    await open_job(records, "job")
    kept = await records.add_generation(generation("job", draft_digest=hashlib.sha256(PLAIN).hexdigest()))
    found = await verify(PLAIN, records, credentials)

    assert (found.verdict, found.ours, found.generation) == ("ours_modified", True, kept.id)
    assert found.manifest is None


async def test_changed_pixels_under_our_manifest_are_tampered(records, credentials):
    signed, identity = await publish(records, credentials, "job")
    found = await verify(flip_a_pixel_bit(signed, PLAIN), records, credentials)

    assert (found.verdict, found.ours, found.generation) == ("tampered", False, identity)
    assert found.evidence[0].kind == "manifest"
    assert "dataHash" in found.evidence[0].detail


async def test_a_changed_claim_of_a_recorded_image_is_tampered(records, credentials):
    signed, identity = await publish(records, credentials, "job")
    changed = signed.replace(b"sketch-1", b"sketch-2")
    found = await verify(changed, records, credentials)

    assert changed != signed
    assert (found.verdict, found.generation) == ("tampered", identity)


async def test_an_image_signed_on_top_of_a_tampered_parent_is_tampered(records, credentials):
    parent, _ = await publish(records, credentials, "parent")
    careless = sign_carelessly(credentials, picture(color="#00ff00"), flip_a_pixel_bit(parent, PLAIN))
    found = await verify(careless, records, credentials)

    assert (found.verdict, found.ours) == ("tampered", False)
    assert found.manifest is not None
    assert found.manifest.state == "trusted"


async def test_a_forged_authority_with_our_names_is_a_foreign_credential(records, credentials, strangers):
    _, identity = await publish(records, credentials, "job")
    forged = await strangers.sign(PLAIN, "image/png", claim(identity))
    found = await verify(forged.data, records, credentials)

    assert (found.verdict, found.ours, found.generation) == ("foreign_credential", False, None)


async def test_a_foreign_image_made_from_ours_tells_so_as_a_hint(records, credentials, strangers):
    signed, identity = await publish(records, credentials, "job")
    edited = await strangers.sign(picture(color="#00ff00"), "image/png", claim("theirs", parent=signed))
    found = await verify(edited.data, records, credentials)

    assert found.verdict == "foreign_credential"
    assert [(item.score, identity in item.detail) for item in found.evidence] == [(1.0, False), (0.5, True)]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
async def test_an_unsigned_image_is_unknown(records, credentials, kind):
    found = await verify(picture(kind, size=20), records, credentials)

    assert (found.verdict, found.ours, found.evidence, found.manifest) == ("unknown", False, (), None)


async def test_an_image_encoded_anew_is_unknown_to_digest_and_manifest(records, credentials):
    signed, _ = await publish(records, credentials, "job")
    buffer = io.BytesIO()
    Image.open(io.BytesIO(signed)).save(buffer, "PNG", compress_level=1)

    assert (await verify(buffer.getvalue(), records, credentials)).verdict == "unknown"


async def test_a_removed_image_is_still_recognised(records, credentials, tmp_path):
    signed, identity = await publish(records, credentials, "job")
    await records.remove(identity, "takedown", Blobs.in_folder(tmp_path / "blobs"))
    found = await verify(signed, records, credentials)

    assert (found.verdict, found.generation) == ("ours", identity)
    assert "removed" in found.evidence[0].detail


async def post_a_copy(records, credentials, original):
    """Encode a published picture anew as JPEG, sign it with the original as its parent, record it; its bytes."""
    signed, identity = original
    buffer = io.BytesIO()
    Image.open(io.BytesIO(signed)).convert("RGB").save(buffer, "JPEG", quality=80)
    copy = await credentials.sign(buffer.getvalue(), "image/jpeg", claim(identity, parent=signed))
    await records.add_rendition(
        RenditionRecord(
            digest=copy.digest,
            generation=identity,
            media_type="image/jpeg",
            width=48,
            height=48,
            size_bytes=len(copy.data),
            manifest=copy.manifest,
            reason="upload-limit",
        )
    )
    return copy.data, buffer.getvalue()


async def test_d17_a_copy_encoded_anew_and_signed_anew_is_ours_with_the_original_as_its_parent(records, credentials):
    original = await publish(records, credentials, "job")
    copy, _ = await post_a_copy(records, credentials, original)
    found = await verify(copy, records, credentials)

    assert (found.verdict, found.generation, found.history) == ("ours", original[1], (original[1],))
    assert [item.kind for item in found.evidence] == ["digest", "manifest"]
    assert "exactly those that were signed" in found.evidence[0].detail
    assert found.manifest is not None
    assert found.manifest.state == "trusted"
    parent = await credentials.read(original[0])
    assert [item.manifest for item in found.manifest.ingredients] == [parent.active_manifest]


async def test_changed_pixels_of_a_copy_are_tampered_and_name_the_image(records, credentials):
    original = await publish(records, credentials, "job")
    copy, plain = await post_a_copy(records, credentials, original)
    found = await verify(flip_a_pixel_bit(copy, plain), records, credentials)

    assert (found.verdict, found.ours, found.generation) == ("tampered", False, original[1])


async def test_a_copy_of_a_removed_image_is_still_recognised_by_its_manifest(records, credentials, tmp_path):
    original = await publish(records, credentials, "job")
    copy, _ = await post_a_copy(records, credentials, original)
    await records.remove(original[1], "takedown", Blobs.in_folder(tmp_path / "blobs"))
    found = await verify(copy, records, credentials)

    assert (found.verdict, found.generation) == ("ours", original[1])


@pytest.mark.parametrize("data", [b"", b"hello", b"<svg/>", b"%PDF-1.7"])
async def test_what_is_no_image_is_refused(records, credentials, data):
    with pytest.raises(UnreadableImage):
        await verify(data, records, credentials)
