"""An engine on a fake server, for one test."""

import asyncio
import io
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from PIL import Image

from generator.engine import Progress
from generator.remote.dialects import Flavor
from generator.remote.engine import Remote
from generator.remote.setup import RemoteSetup
from generator.request import GeneratedImage, GenerationRequest
from tests.fakes.openai_images import FakeImages
from tests.fakes.openai_images.pictures import drawn

REQUEST = GenerationRequest(prompt="A red kite over the sea", width=512, height=512, seed=7)
KEY = "sk-very-secret-4711"


@dataclass(kw_only=True)
class Studio:
    server: FakeImages
    engine: Remote
    told: list[Progress] = field(default_factory=list)
    cancel: threading.Event = field(default_factory=threading.Event)

    async def draw(
        self, request: GenerationRequest = REQUEST, references: Mapping[str, bytes] | None = None, n: int = 1
    ) -> tuple[GeneratedImage, ...]:
        return await self.engine.render(request, references or {}, n, self.told.append, self.cancel)


@asynccontextmanager
async def studio(
    flavor: Flavor = Flavor.OPENAI, *, fixed_sizes: bool = False, key: str | None = None, **more: Any
) -> AsyncIterator[Studio]:
    async with FakeImages(flavor, key=key, fixed_sizes=fixed_sizes) as server:
        setup = RemoteSetup(**{"base_url": server.url, "model": "painter-1", "flavor": flavor, "api_key": key, **more})
        engine = Remote(setup)
        try:
            yield Studio(server=server, engine=engine)
        finally:
            await engine.close()


def picture(clue: str, width: int = 96, height: int = 64) -> tuple[str, bytes]:
    """Digest and PNG of some upload."""
    png = drawn(width, height, clue)
    return sha256(png).hexdigest(), png


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


async def happens(what: Any) -> None:
    """Wait until it is so; the test's own time limit is the end of it."""
    async with asyncio.timeout(20):
        while not what():
            await asyncio.sleep(0.01)
