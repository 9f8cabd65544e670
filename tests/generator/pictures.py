"""Small real drawings for tests of the checks: flat shapes and packaged fonts, drawn with Pillow from scenes."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import fontpkg
from PIL import Image, ImageDraw, ImageFont

from generator.scene import TRANSPARENT, Box, Kind, Scene, SceneObject

_OVERSAMPLING = 4
_INTER = str(fontpkg.path("inter", 700))


def png_of(image: Image.Image, output_format: str = "PNG", **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, output_format, **options)
    return target.getvalue()


def draw(scene: Scene, longest_side: int | None = None) -> Image.Image:
    """Every ART object as an ellipse in its color with a dark bar, TEXT in Inter (or the font file
    that ``art`` names), drawn in order and smoothed."""
    scale = (longest_side or max(scene.width, scene.height)) / max(scene.width, scene.height)
    size = round(scene.width * scale), round(scene.height * scale)
    factor = scale * _OVERSAMPLING
    large = (size[0] * _OVERSAMPLING, size[1] * _OVERSAMPLING)
    canvas = _background(scene, large)
    for item in scene.objects:
        for box in item.boxes:
            _object(canvas, item, tuple(edge * factor for edge in box))  # type: ignore[arg-type]  # four edges stay four
    reduced = canvas.resize(size, Image.Resampling.BOX)
    return reduced if scene.background == TRANSPARENT else reduced.convert("RGB")


def _background(scene: Scene, size: tuple[int, int]) -> Image.Image:
    background = scene.background
    if isinstance(background, tuple):
        ramp = Image.linear_gradient("L").resize(size, Image.Resampling.BILINEAR)
        return Image.composite(Image.new("RGBA", size, background[1]), Image.new("RGBA", size, background[0]), ramp)
    return Image.new("RGBA", size, (0, 0, 0, 0) if background == TRANSPARENT else background)


def _object(canvas: Image.Image, item: SceneObject, box: Box) -> None:
    pen = ImageDraw.Draw(canvas)
    x0, y0, x1, y1 = box
    if min(x1 - x0, y1 - y0) < _OVERSAMPLING:
        return
    if item.kind is Kind.TEXT:
        if item.plate:
            pen.rectangle(box, fill=item.plate)
        if not (item.text or "").strip():
            return
        lines = (item.text or "").count("\n") + 1
        font = ImageFont.truetype(item.art or _INTER, (y1 - y0) / (1.45 * lines))
        width = pen.multiline_textbbox((0, 0), item.text or "", font)[2]
        font = font.font_variant(size=font.size * min(1.0, 0.96 * (x1 - x0) / max(1.0, width)))
        pen.multiline_text(
            ((x0 + x1) / 2, (y0 + y1) / 2), item.text or "", item.color or "#111111", font, anchor="mm", align="center"
        )
        return
    pen.ellipse(box, fill=item.color or "#888888")
    middle, height = (y0 + y1) / 2, (y1 - y0) / 8
    pen.rectangle((x0 + (x1 - x0) / 4, middle - height, x1 - (x1 - x0) / 4, middle + height), fill="#222222")


@dataclass
class PillowRedraws:
    """A working ``Redraws``; ``calls`` keeps how many scenes each call drew."""

    calls: list[int] = field(default_factory=list)

    async def redraw(
        self, scenes: Sequence[Scene], references: Mapping[str, bytes], longest_side: int
    ) -> tuple[bytes, ...]:
        del references  # nothing here is placed from uploads
        self.calls.append(len(scenes))
        return tuple(png_of(draw(scene, longest_side)) for scene in scenes)


def change(scene: Scene, object_id: str, **fields: object) -> Scene:
    """The scene with other fields of one object."""
    objects = tuple(
        replace(item, **fields) if item.id == object_id else item  # type: ignore[arg-type]  # fields named by tests
        for item in scene.objects
    )
    return replace(scene, objects=objects)


def poster(background: str | tuple[str, str] = "#ffeecc", width: int = 1024, height: int = 1024) -> Scene:
    """Three red apples left of a blue car, with a title."""
    x, y = width / 1024, height / 1024

    def box(x0: float, y0: float, x1: float, y1: float) -> Box:
        return (x0 * x, y0 * y, x1 * x, y1 * y)

    return Scene(
        width=width,
        height=height,
        background=background,
        objects=(
            SceneObject(
                id="apple1",
                art="apple",
                color="#d62828",
                count=3,
                boxes=(box(60, 420, 200, 560), box(220, 420, 360, 560), box(140, 580, 280, 720)),
            ),
            SceneObject(id="car1", art="car", color="#2563eb", boxes=(box(520, 460, 900, 680),)),
            SceneObject(id="tree1", art="tree", boxes=(box(420, 780, 520, 960),)),
            SceneObject(id="title1", kind=Kind.TEXT, text="SALE 50%", color="#111827", boxes=(box(200, 80, 824, 220),)),
        ),
    )
