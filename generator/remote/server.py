"""Calls of one server through the official client, and its errors in ours.

What a server says about an error may repeat the prompt, so none of its words get into our errors, nor its exceptions
into their chain: only the status does.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import httpx2
import openai
import structlog

from generator.errors import GeneratorError, RenderFailed, RequestUnsupported
from generator.remote.answers import decoded, images_in, preview_of
from generator.remote.order import PREVIEWS, Call, Order
from generator.remote.setup import RemoteSetup
from generator.remote.transport import AnswerRefused, Guarded
from generator.scene import Notice

REFUSALS: Final = frozenset({"moderation_blocked", "content_policy_violation", "content_filter"})

log = structlog.get_logger(__name__)


class Server:
    """An images API, to be closed at the end."""

    def __init__(self, setup: RemoteSetup) -> None:
        timeout = httpx2.Timeout(setup.timeout_seconds, connect=setup.connect_seconds)
        transport = Guarded(setup.base_url, setup.api_key, setup.answer_bytes, setup.concurrency)
        self._http = httpx2.AsyncClient(
            transport=transport, timeout=timeout, follow_redirects=False, trust_env=False, base_url=setup.base_url
        )
        self._images = openai.AsyncOpenAI(
            base_url=setup.base_url,
            api_key="held-by-the-transport",
            admin_api_key="",
            organization="",
            project="",
            webhook_secret="",
            timeout=timeout,
            max_retries=setup.retries,
            http_client=self._http,
        ).images

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def draw(self, order: Order, call: Call, on_preview: Callable[[bytes], None]) -> list[bytes]:
        """The image files of one call; cancelling closes its connection at once.

        Args:
            order: What to draw.
            call: How many of it.
            on_preview: Takes small PNGs of an image under way, if the call is streamed.

        Raises:
            RequestUnsupported: The server's own rules forbid it.
            RenderFailed: No image came of it.
        """
        try:
            if call.streamed and (file := await self._streamed(order, call, on_preview)) is not None:
                return [file]
            answer = await self._ask(self._images.with_raw_response, order, call)
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            found = translated(error)
        else:
            return await asyncio.to_thread(images_in, answer.content, call.count)
        raise found

    async def _ask(self, images: Any, order: Order, call: Call, **more: Any) -> Any:
        fields = {**order.fields, **more, "n": call.count, "extra_body": order.extra_of(call)}
        if not order.images:
            return await images.generate(**fields)
        files = [(f"image-{index}.png", png, "image/png") for index, png in enumerate(order.images)]
        if order.mask is not None:
            fields["mask"] = ("mask.png", order.mask, "image/png")
        return await images.edit(image=files, **fields)

    async def _streamed(self, order: Order, call: Call, on_preview: Callable[[bytes], None]) -> bytes | None:
        """The image file; None where the stream broke off or held none, so that it is asked for without."""
        left = PREVIEWS
        try:
            async with await self._ask(self._images, order, call, stream=True, partial_images=PREVIEWS) as stream:
                async for event in stream:
                    kind = str(getattr(event, "type", ""))
                    if kind.endswith(".completed"):
                        return await asyncio.to_thread(decoded, getattr(event, "b64_json", None))
                    if kind.endswith(".partial_image") and left > 0:
                        left -= 1
                        with suppress(RenderFailed):  # nobody needs a preview
                            on_preview(await asyncio.to_thread(_preview, getattr(event, "b64_json", None)))
        except (openai.APIConnectionError, ValueError, TypeError, AttributeError, RecursionError) as error:
            log.warning("stream_broken", error=type(error).__name__)  # its words may hold the prompt
        return None


def translated(error: Exception) -> GeneratorError:
    """What a person may be told of an error of the client."""
    if isinstance(error, openai.APIError) and error.code in REFUSALS:
        return RequestUnsupported(Notice(key="remote-refused"))
    if isinstance(error, openai.APIStatusError):
        return RenderFailed(f"the image server answered {error.status_code}")
    if isinstance(error, AnswerRefused):
        return RenderFailed(str(error))
    if isinstance(error, openai.APITimeoutError):
        return RenderFailed("the image server cannot be reached in time")
    if isinstance(error, (openai.APIConnectionError, httpx2.HTTPError)):
        return RenderFailed("the connection to the image server broke")
    return RenderFailed("the image server reported an error")


def _preview(text: object) -> bytes:
    return preview_of(decoded(text))
