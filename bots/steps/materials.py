"""The bytes a request draws upon: from the job's staging while they are fresh, from the blobs afterwards."""

from generator.request import GenerationRequest
from storage.blobs import Blobs
from storage.staging import Staging


class Materials:
    """Looks references up by digest."""

    def __init__(self, staging: Staging, blobs: Blobs) -> None:
        self._staging = staging
        self._blobs = blobs

    async def of(self, job: str, request: GenerationRequest) -> dict[str, bytes]:
        """PNG bytes of every image the request or its scene names, by digest."""
        return {digest: await self._bytes(job, digest) for digest in sorted(digests(request))}

    async def _bytes(self, job: str, digest: str) -> bytes:
        staged = await self._staging.find(job, f"clean-{digest}.png")
        return staged if staged is not None else await self._blobs.get(digest)


def digests(request: GenerationRequest) -> set[str]:
    """Every image that drawing the request needs."""
    named = {item.digest for item in request.references}
    placed = {item.image for item in request.scene.objects if item.image} if request.scene else set()
    return named | placed
