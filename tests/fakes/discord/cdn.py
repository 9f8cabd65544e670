"""Links to files: signed, for a while, and what is behind them."""

import hashlib
import hmac
import io
from typing import TYPE_CHECKING, Any

import PIL.Image
from aiohttp import web

from tests.fakes.discord.model import Attachment

if TYPE_CHECKING:
    from tests.fakes.discord.state import World

_KEY = b"a secret of the fake"
GONE = "This content is no longer available."


class Cdn:
    """Serves what was posted, byte for byte, as long as a link holds."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.lifetime = 86400.0
        """Seconds for which a link works."""
        self.fetched: list[str] = []
        """The names of files that were asked for, in order."""
        self.files: dict[int, Attachment] = {}

    async def serve(self, request: web.Request) -> web.Response:
        """``/attachments/{channel}/{file}/{name}``."""
        attachment = self._find(request)
        if attachment is None:
            return web.Response(status=404, text=GONE)
        self.fetched.append(attachment.filename)
        kind = attachment.content_type or "application/octet-stream"
        return web.Response(body=attachment.data, headers={"Content-Type": kind})

    async def preview(self, request: web.Request) -> web.Response:
        """``/media/attachments/…``: what clients show, smaller, as WebP and without metadata."""
        attachment = self._find(request)
        if attachment is None:
            return web.Response(status=404, text=GONE)
        try:
            body = shrink(attachment.data, int(request.query.get("width", 0)), int(request.query.get("height", 0)))
        except OSError:
            return web.Response(status=415)
        return web.Response(body=body, headers={"Content-Type": "image/webp"})

    def _find(self, request: web.Request) -> Attachment | None:
        try:
            attachment = self.files.get(int(request.match_info["file"]))
            expires = int(request.query.get("ex", ""), 16)
        except ValueError:
            return None
        if attachment is None or expires < self._world.now():
            return None
        expected = _signature(attachment.id, request.query["ex"], request.query.get("is", ""))
        return attachment if hmac.compare_digest(expected, request.query.get("hm", "")) else None


def shrink(data: bytes, width: int, height: int) -> bytes:
    """A WebP of a picture that fits the bounds (550 x 350 where none are asked for), nothing else kept."""
    with PIL.Image.open(io.BytesIO(data)) as image:
        image.load()
        small = image.convert("RGBA")
    small.thumbnail((width or 550, height or 350))
    out = io.BytesIO()
    small.save(out, "WEBP", quality=80)
    return out.getvalue()


def signed_url(world: Any, attachment: Attachment) -> str:
    """A link that works from now on for the CDN's lifetime."""
    now = int(world.now())
    expires, issued = f"{now + int(world.cdn.lifetime):x}", f"{now:x}"
    folder = "ephemeral-attachments" if attachment.ephemeral else "attachments"
    path = f"/{folder}/{attachment.channel_id}/{attachment.id}/{attachment.filename}"
    return f"{world.base_url}{path}?ex={expires}&is={issued}&hm={_signature(attachment.id, expires, issued)}"


def preview_url(world: Any, attachment: Attachment) -> str:
    """The same for the media proxy."""
    return signed_url(world, attachment).replace(world.base_url, f"{world.base_url}/media", 1)


def _signature(identifier: int, expires: str, issued: str) -> str:
    return hmac.new(_KEY, f"{identifier}/{expires}/{issued}".encode(), hashlib.sha256).hexdigest()
