"""What the layout asks about the things it places: proportions, and how large words come out."""

from collections.abc import Mapping
from functools import lru_cache

from generator.scene import Kind, SceneObject, TextRole
from generator.sketch.art import load_drawing
from generator.sketch.cards import card_aspect
from generator.sketch.charts import CHART_ASPECT
from generator.sketch.lettering import set_text
from generator.sketch.pictures import image_aspect
from generator.sketch.styles import rotated

_SUBTITLE_WIDTH = 0.74  # of its room, so that it stays below its title
_TEXT_ASPECT = 4.0  # only a guess: texts are placed by what fit_text says


class SketchMetrics:
    """Measures with the real art, fonts and images of one scene."""

    def __init__(self, references: Mapping[str, bytes]) -> None:
        """``references``: PNG bytes by digest."""
        self._references = references

    def aspect(self, item: SceneObject) -> float:
        """Width divided by height of one instance, turned as asked."""
        if item.kind is Kind.CHART:
            return CHART_ASPECT
        if item.kind is Kind.CARD:
            return card_aspect(item)
        if item.kind is Kind.TEXT:
            return _TEXT_ASPECT
        drawing = load_drawing(item.art or "") if item.kind is Kind.ART else None
        aspect = self._image(item) if item.kind is Kind.IMAGE else drawing.aspect if drawing else 1.0
        wide, high = rotated(aspect, 1.0, item.angle)
        return wide / high

    def fit_text(self, item: SceneObject, width: float, height: float) -> tuple[float, float]:
        """Width and height in px of the block when it is set as large as fits."""
        plate = "#000000" if item.plate else None
        if item.role is TextRole.SUBTITLE and not item.text_size:
            width *= _SUBTITLE_WIDTH
        return _text_size(item.text or "", item.role, item.weight, plate, width, height)

    def _image(self, item: SceneObject) -> float:
        try:
            return min(8.0, max(0.125, image_aspect(self._references[item.image or ""], item.mask)))
        except (KeyError, OSError):
            return 1.0


@lru_cache(maxsize=4096)
def _text_size(
    text: str, role: TextRole, weight: int, plate: str | None, width: float, height: float
) -> tuple[float, float]:
    item = SceneObject(id="text", kind=Kind.TEXT, text=text, role=role, weight=weight, plate=plate)
    return set_text(item, width, height).size
