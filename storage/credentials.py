"""Content Credentials: signing images and reading what others and we have signed. The only module importing c2pa.

Nothing is fetched from a network: no remote manifests, no revocation lists, no trust lists.

Source: c2pa-python 0.38.1 (c2pa-rs 0.91.3), measured 2026-11-22.
"""

import asyncio
import hashlib
import hmac
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from c2pa import Builder, C2paError, C2paSignerInfo, C2paSigningAlg, Context, Reader, Settings, Signer

from storage.certificates import configured_identity
from storage.claims import GENERATOR, PARENT, Claim, manifest, upload_names, upload_relationship
from storage.errors import KeyMaterialError, SigningFailed
from storage.manifests import NO_MANIFEST, ManifestReport, is_signed_under_an_anchor, report_of
from storage.media import require_image
from storage.pki import ROOT_FILE, USAGES, SigningIdentity, local_identity

__all__ = ["Claim", "Credentials", "ManifestReport", "SignedImage"]

SPECIFICATION = "2.4"
_ALGORITHMS = {
    "es256": C2paSigningAlg.ES256,
    "es384": C2paSigningAlg.ES384,
    "es512": C2paSigningAlg.ES512,
    "ps256": C2paSigningAlg.PS256,
    "ed25519": C2paSigningAlg.ED25519,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedImage:
    """Signed bytes: ``digest`` is their sha256 in hex, ``manifest`` the label (URN) of their manifest."""

    data: bytes
    digest: str
    manifest: str


class Credentials:
    """Signs with one identity and judges signatures against it. Safe to share between tasks."""

    def __init__(self, load: Callable[[], SigningIdentity], local_root: str = "") -> None:
        """Use ``load()`` as identity, again whenever it comes near its end.

        Args:
            load: Reads (and, for a local chain, renews) the identity.
            local_root: PEM root of a local chain that signed earlier images, besides the identity's own anchor.
        """
        self._load = load
        self._local_root = local_root
        self._use(load())

    @classmethod
    async def open(cls, keys: Path, certificate: Path | None = None, key: Path | None = None) -> "Credentials":
        """The configured certificate and key, or else the local chain in ``keys``, made on first use.

        Raises:
            KeyMaterialError: They cannot be used; the message says which file and why.
        """
        return await asyncio.to_thread(cls._open, keys, certificate, key)

    @classmethod
    def _open(cls, keys: Path, certificate: Path | None, key: Path | None) -> "Credentials":
        if certificate is None and key is None:
            return cls(lambda: local_identity(keys))
        if certificate is None or key is None:
            given = certificate or key or keys
            raise KeyMaterialError(given, "certificate and key belong together: configure both or none")
        root = keys / ROOT_FILE
        return cls(lambda: configured_identity(certificate, key), root.read_text() if root.is_file() else "")

    def _use(self, identity: SigningIdentity) -> None:
        self.identity = identity
        info = C2paSignerInfo(_ALGORITHMS[identity.algorithm], identity.chain.encode(), identity.key.encode(), None)
        self._signer = Signer.from_info(info)
        self._context = _context(identity.anchor + self._local_root)
        self._local_context = _context(self._local_root) if self._local_root else None

    async def sign(self, image: bytes, media_type: str, claim: Claim) -> SignedImage:
        """Sign ``image`` (PNG, JPEG or WebP) with what is claimed about it.

        Raises:
            SigningFailed: No manifest could be made, the parent was tampered with, or the result does not verify.
            UnreadableImage: The parent or an upload is no image.
            KeyMaterialError: The identity ran out and could not be renewed.
        """
        return await asyncio.to_thread(self._sign, image, media_type, claim)

    async def read(self, data: bytes) -> ManifestReport:
        """What the credentials in ``data`` say; a file without any gives state ``none``.

        Raises:
            UnreadableImage: It is no image.
        """
        media_type = require_image(data)
        return await asyncio.to_thread(self._read, data, media_type)

    def _sign(self, image: bytes, media_type: str, claim: Claim) -> SignedImage:
        if self.identity.expires_soon(datetime.now(UTC)):
            self._use(self._load())
        output = io.BytesIO()
        try:
            with Builder(manifest(claim, self._commitment(claim.prompt_digest)), context=self._context) as builder:
                _add_ingredients(builder, claim)
                builder.sign(self._signer, media_type, io.BytesIO(image), output)
        except C2paError as exc:
            raise SigningFailed("the image could not be signed") from exc
        data = output.getvalue()
        # Read back: what leaves here must verify for whoever receives it, and must not vouch for a parent that was
        # changed after signing. (A parent whose certificate has run out since then is no failure.)
        report = self._read(data, media_type)
        if report.broken_ingredients:
            raise SigningFailed("an image that this one was made from was changed after signing")
        if not report.is_ours or report.is_tampered or report.active_manifest is None:
            raise SigningFailed(f"the signed image does not verify: {', '.join(report.failures) or report.state}")
        return SignedImage(data=data, digest=hashlib.sha256(data).hexdigest(), manifest=report.active_manifest)

    def _commitment(self, prompt_digest: str) -> str:
        """Binds the prompt without letting strangers test guesses, as they could with its plain digest."""
        return hmac.new(self.identity.key.encode(), prompt_digest.encode(), hashlib.sha256).hexdigest()

    def _read(self, data: bytes, media_type: str) -> ManifestReport:
        try:
            document, state = _parse(data, media_type, self._context)
        except C2paError.ManifestNotFound:
            return NO_MANIFEST
        except (C2paError, ValueError):
            # A damaged image without credentials ends here too; only one that has the marks of a manifest is broken.
            has_manifest = b"c2pa" in data or b"jumb" in data
            return ManifestReport(state="invalid", failures=("manifest.unreadable",)) if has_manifest else NO_MANIFEST
        report = report_of(document, state)
        return replace(report, is_ours=self._is_ours(data, media_type, document, report))

    def _is_ours(self, data: bytes, media_type: str, document: dict[str, Any], report: ManifestReport) -> bool:
        if report.generation is None or not is_signed_under_an_anchor(document):
            return False
        if self.identity.exclusive or report.serial == str(self.identity.serial):
            return True
        # The anchor of a public authority vouches for others too: only our local root decides then.
        if self._local_context is None:
            return False
        document, _ = _parse(data, media_type, self._local_context)
        return is_signed_under_an_anchor(document)


def _parse(data: bytes, media_type: str, context: Context) -> tuple[dict[str, Any], str]:
    with Reader(media_type, io.BytesIO(data), context=context) as reader:
        return json.loads(reader.json()), str(reader.get_validation_state() or "")


def _add_ingredients(builder: Builder, claim: Claim) -> None:
    if claim.parent is not None:
        description = {"title": claim.parent_title, "relationship": "parentOf", "instance_id": PARENT, "label": PARENT}
        builder.add_ingredient(description, require_image(claim.parent), io.BytesIO(claim.parent))
    for name, upload in zip(upload_names(claim), claim.uploads, strict=True):
        description = {
            "title": "upload",
            "relationship": upload_relationship(claim),
            "instance_id": name,
            "label": name,
        }
        builder.add_ingredient(description, require_image(upload), io.BytesIO(upload))


def _context(anchors: str) -> Context:
    return Context(
        Settings.from_dict(
            {
                "version": 1,
                "builder": {
                    "thumbnail": {"enabled": False},  # 58 KB and 50 ms an image; WebP 661 KB
                    "claim_generator_info": {
                        "name": GENERATOR,
                        "version": metadata.version("threadbrush"),
                        "specVersion": SPECIFICATION,
                    },
                    "actions": {
                        "all_actions_included": True,
                        "auto_created_action": {"enabled": False},
                        "auto_opened_action": {"enabled": False},
                        "auto_placed_action": {"enabled": False},
                    },
                    "created_assertion_labels": [
                        "c2pa.actions",
                        "c2pa.actions.v2",
                        "c2pa.hash.data",
                        "c2pa.ingredient",
                        "c2pa.ingredient.v3",
                    ],
                },
                "verify": {
                    "verify_after_sign": False,  # we read back ourselves
                    "verify_trust": True,
                    "remote_manifest_fetch": False,
                    "ocsp_fetch": False,
                },
                "trust": {
                    "user_anchors": anchors,
                    # By default only emailProtection counts; a certificate may have any of the three.
                    "trust_config": "\n".join(usage.dotted_string for usage in USAGES),
                },
            }
        )
    )
