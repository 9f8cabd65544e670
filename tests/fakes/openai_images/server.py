"""The server: reads calls as the servers do, keeps what it was asked, answers with drawn stripes.

Facts about OpenAI's API are those of the openai client 3.51.0, about the others those of ``generator.remote.dialects``.
"""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from aiohttp import web

from generator.remote.dialects import Flavor
from tests.fakes.openai_images.pictures import drawn, in_base64

OPENAI_FIELDS: Final = frozenset(
    {"model", "prompt", "n", "size", "output_format", "background", "quality", "stream", "partial_images"}
)
BARE_FIELDS: Final = frozenset({"model", "prompt", "n", "size", "response_format"})
LINKING: Final = frozenset({Flavor.SGLANG, Flavor.OTHER})  # answer with an address unless asked for base64
MODELS_SIZES: Final = ((1024, 1024), (1536, 1024), (1024, 1536))


@dataclass(slots=True, kw_only=True)
class Asked:
    """One call as it came in.

    Attributes:
        what: ``generations`` or ``edits``.
        fields: All but files; texts where they came in a form.
        closed: The client hung up before it was answered.
    """

    what: str
    fields: Mapping[str, Any]
    images: list[bytes] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    mask: bytes | None = None
    headers: Mapping[str, str]
    closed: bool = False

    @property
    def size(self) -> tuple[int, int]:
        width, height = str(self.fields["size"]).split("x")
        return int(width), int(height)


Trouble = Callable[[web.Request, Asked], Awaitable[web.StreamResponse | None]]
"""Answers in the server's place, or lets it go on with None."""


class FakeImages:
    """An images API.

    Attributes:
        key: What callers have to show; None: nothing.
        fixed_sizes: Draws only the three sizes of older models.
        troubles: One for each of the next calls, in order.
        asked: Every call, in order.
        fetched: Paths of anything else that somebody wanted.
        most_at_once: Calls that were under way at the same time.
    """

    def __init__(self, flavor: Flavor = Flavor.OPENAI, *, key: str | None = None, fixed_sizes: bool = False) -> None:
        self.flavor, self.key, self.fixed_sizes = flavor, key, fixed_sizes
        self.troubles: list[Trouble] = []
        self.asked: list[Asked] = []
        self.fetched: list[str] = []
        self.most_at_once = 0
        self._at_once = 0
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**28)
        app.router.add_post("/v1/images/{what:generations|edits}", self._serve)
        app.router.add_route("*", "/{path:.*}", self._other)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Of the API."""
        return f"http://127.0.0.1:{self.port}/v1"

    async def _other(self, request: web.Request) -> web.Response:
        self.fetched.append(request.path)
        return web.Response(body=drawn(64, 64, "fetched"), content_type="image/png")

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        asked = await _read(request)
        self.asked.append(asked)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        answered = False
        try:
            if self.troubles and (answer := await self.troubles.pop(0)(request, asked)) is not None:
                answered = True
                return answer
            answer = await self._answer(request, asked)
            answered = True
            return answer
        finally:
            asked.closed = not answered
            self._at_once -= 1

    async def _answer(self, request: web.Request, asked: Asked) -> web.StreamResponse:
        if self.key is not None and asked.headers.get("Authorization") != f"Bearer {self.key}":
            return refusal(401, "invalid_api_key", f"Incorrect API key: {asked.headers.get('Authorization')}")
        if (wrong := self._wrong(asked)) is not None:
            return refusal(400, "unknown_parameter", wrong)
        if self.flavor is Flavor.OPENAI and str(asked.fields.get("stream", "")).lower() == "true":
            return await self._stream(request, asked)
        files = list(self._drawn(asked))
        if self.flavor in LINKING and asked.fields.get("response_format") != "b64_json":
            return web.json_response({"data": [{"url": f"{self.url}/images/1/content"} for _ in files]})
        data = [{"b64_json": in_base64(file), "revised_prompt": asked.fields["prompt"]} for file in files]
        return web.json_response({"created": 1, "data": data})

    def _wrong(self, asked: Asked) -> str | None:
        known = {Flavor.OPENAI: OPENAI_FIELDS, Flavor.OTHER: BARE_FIELDS}.get(self.flavor)
        if known is not None and (unknown := set(asked.fields) - known):
            return f"Unknown parameter: {sorted(unknown)}"
        if self.flavor is Flavor.OTHER and int(asked.fields.get("n", 1)) > 1:
            return "Only one image at a time"
        width, height = asked.size
        if self.fixed_sizes and (width, height) not in MODELS_SIZES:
            return f"Invalid size: {asked.fields['size']}"
        if self.flavor is Flavor.OPENAI and not fits_gpt_image_2(width, height):
            return f"Invalid size: {asked.fields['size']}"
        return None if asked.what == "generations" or asked.images else "image is required"

    def _drawn(self, asked: Asked) -> Iterator[bytes]:
        seed = int(asked.fields.get("seed", 0))
        transparent = self.flavor is not Flavor.VLLM_OMNI and asked.fields.get("background") == "transparent"
        for index in range(int(asked.fields.get("n", 1))):
            clue = f"{asked.fields['prompt']} {seed + index} {len(asked.images)}"
            yield drawn(*asked.size, clue, transparent=transparent)

    async def _stream(self, request: web.Request, asked: Asked) -> web.StreamResponse:
        name = "image_generation" if asked.what == "generations" else "image_edit"
        response = await begin_stream(request)
        (file,) = self._drawn(asked)
        for index in range(int(asked.fields.get("partial_images", 0))):
            partial = drawn(*asked.size, f"partial {index}")
            await send(response, {"type": f"{name}.partial_image", "b64_json": in_base64(partial)})
        await send(response, {"type": f"{name}.completed", "b64_json": in_base64(file)})
        return response


def fits_gpt_image_2(width: int, height: int) -> bool:
    """OpenAI's image generation guide, size constraints of gpt-image-2."""
    short, long = sorted((width, height))
    in_steps = width % 16 == 0 and height % 16 == 0
    return in_steps and long <= 3840 and long <= 3 * short and 655_360 <= width * height <= 8_294_400


def refusal(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """An error as OpenAI words it."""
    error = {"message": message, "type": "image_generation_user_error", "param": None, "code": code}
    return web.json_response({"error": error}, status=status, headers=headers)


async def begin_stream(request: web.Request) -> web.StreamResponse:
    """Server-sent events begin."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    return response


async def send(response: web.StreamResponse, event: Mapping[str, object]) -> None:
    """One event."""
    await response.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())


async def _read(request: web.Request) -> Asked:
    asked = Asked(what=request.match_info["what"], fields={}, headers=dict(request.headers))
    if request.content_type == "application/json":
        asked.fields = await request.json()
        return asked
    fields: dict[str, Any] = {}
    for name, value in (await request.post()).items():
        if not isinstance(value, web.FileField):
            fields[name] = value
        elif name == "mask":
            asked.mask = value.file.read()
        else:
            asked.names.append(name)
            asked.images.append(value.file.read())
    asked.fields = fields
    return asked
