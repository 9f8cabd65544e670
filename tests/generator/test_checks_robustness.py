"""Whatever the image and the scene are, measuring answers."""

import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from generator.checks import measure
from generator.checks.pixels import LOSSLESS, LOSSY, decode
from generator.request import GenerationRequest
from generator.scene import TRANSPARENT, Kind, Scene, SceneObject
from tests.generator.pictures import PillowRedraws, png_of

edges = st.floats(min_value=-50, max_value=400)
boxes = st.tuples(edges, edges, edges, edges).map(
    lambda box: (*map(min, box[:2], box[2:]), *map(max, box[:2], box[2:]))
)
colors = st.integers(min_value=0, max_value=0xFFFFFF).map(lambda value: f"#{value:06x}")
objects = st.builds(
    SceneObject,
    id=st.uuids().map(str),
    kind=st.sampled_from([Kind.ART, Kind.IMAGE, Kind.CHART, Kind.TEXT]),
    color=st.none() | colors,
    count=st.integers(min_value=1, max_value=4),
    text=st.text(alphabet="aé가☃ \n", max_size=8),
    angle=st.floats(min_value=-360, max_value=360),
    boxes=st.lists(boxes, max_size=4).map(tuple),
)
backgrounds = colors | st.just(TRANSPARENT) | st.tuples(colors, colors)
scenes = st.builds(
    Scene,
    width=st.integers(min_value=256, max_value=400),
    height=st.integers(min_value=256, max_value=400),
    background=backgrounds,
    objects=st.lists(objects, max_size=5).map(tuple),
)
modes = st.sampled_from(["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK", "YCbCr"])


@st.composite
def images(draw):
    """Any image that Pillow can write, as bytes."""
    size = draw(st.integers(min_value=1, max_value=64)), draw(st.integers(min_value=1, max_value=64))
    seed = draw(st.binary(min_size=1, max_size=64))
    raw = (seed * (size[0] * size[1] * 4 // len(seed) + 1))[: size[0] * size[1] * 4]
    image = Image.frombytes("RGBA", size, raw)
    mode = draw(modes)
    image = image.convert("L").convert(mode) if mode == "I;16" else image.convert(mode)
    if mode in {"L", "RGB", "CMYK", "YCbCr"}:
        return png_of(image, "JPEG")
    return png_of(image, draw(st.sampled_from(["PNG", "WEBP"])) if mode == "RGBA" else "PNG")


class SilentReader:
    """Knows every letter and sees none."""

    def unreadable(self, text: str) -> str:
        return text[:0]

    async def read(self, pixels, *, one_line=False):
        return ("?",) * (pixels.size % 3 + one_line)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(encoded=images(), scene=scenes | st.none(), background=backgrounds | st.none(), redrawn=st.booleans())
async def test_measuring_never_raises_on_any_valid_image(encoded, scene, background, redrawn):
    request = GenerationRequest(width=300, height=300, background=background)
    redraws = PillowRedraws() if redrawn else None

    lines = await measure(encoded, request, scene, redraws=redraws, references={}, ocr=SilentReader())

    assert lines[0].check == "size"
    assert all(line.measured.startswith("not checked") for line in lines if line.passed is None)
    assert sum(line.check == "background" for line in lines) == (background is not None)


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\x00\x00\x00WEBPVP8X", b"\xff\xd8\xff"]),
)
def test_decoding_garbage_is_none_and_never_raises(garbage, start):
    assert decode(start + garbage) is None


def test_a_truncated_png_and_other_formats_are_no_picture():
    whole = png_of(Image.effect_noise((200, 200), 80))
    gif = io.BytesIO()
    Image.new("P", (4, 4)).save(gif, "GIF")

    assert decode(whole[: len(whole) // 2]) is None
    assert decode(gif.getvalue()) is None


def test_tolerance_follows_how_the_file_was_compressed():
    image = Image.new("RGBA", (40, 40), (10, 20, 30, 128))
    kinds = {
        "png": png_of(image),
        "webp lossless": png_of(image, "WEBP", lossless=True),
        "webp": png_of(image, "WEBP", quality=90),
        "jpeg": png_of(image.convert("RGB"), "JPEG"),
    }

    tolerances = {name: picture.tolerance for name, data in kinds.items() if (picture := decode(data))}

    assert tolerances == {"png": LOSSLESS, "webp lossless": LOSSLESS, "webp": LOSSY, "jpeg": LOSSY}
