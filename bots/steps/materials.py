"""The bytes a request draws upon: from the job's staging while they are fresh, from the blobs afterwards."""

from bots.decoding import decoded
from generator.request import GenerationRequest, ReferenceRole
from moderation.intake import IntakeError
from storage.blobs import Blobs
from storage.errors import BlobCorrupt
from storage.staging import Staging


class Materials:
    """Looks references up by digest."""

    def __init__(self, staging: Staging, blobs: Blobs) -> None:
        self._staging = staging
        self._blobs = blobs

    async def of(self, job: str, request: GenerationRequest) -> dict[str, bytes]:
        """PNG bytes of every image the request or its scene names, by digest."""
        ours = {one.digest for one in request.references if one.role is ReferenceRole.EDIT}
        return {digest: await self._bytes(job, digest, ours=digest in ours) for digest in sorted(digests(request))}

    async def _bytes(self, job: str, digest: str, *, ours: bool) -> bytes:
        staged = await self._staging.find(job, f"clean-{digest}.png")
        if staged is not None:
            return staged
        kept = await self._blobs.get(digest)
        return await self._plain(job, digest, kept) if ours else kept

    async def _plain(self, job: str, digest: str, signed: bytes) -> bytes:
        """An image of ours as engines take images: in the format it was delivered in, it carries its credential."""
        try:
            png = (await decoded(signed)).png
        except IntakeError as exc:
            raise BlobCorrupt(digest) from exc
        await self._staging.write(job, f"clean-{digest}.png", png)
        return png


def digests(request: GenerationRequest) -> set[str]:
    """Every image that drawing the request needs."""
    named = {item.digest for item in request.references}
    placed = {item.image for item in request.scene.objects if item.image} if request.scene else set()
    mask = {request.mask_image} if request.mask_image else set()
    return named | placed | mask
