"""A solved scene as SVG. A pure function: the same scene always gives the same text."""

from collections.abc import Mapping

from generator.scene import Box, Kind, Notice, Scene, SceneObject
from generator.sketch.art import load_drawing
from generator.sketch.canvas import Canvas, Report
from generator.sketch.cards import draw_cards
from generator.sketch.charts import draw_chart
from generator.sketch.lettering import draw_text
from generator.sketch.pictures import draw_image
from generator.sketch.styles import draw_art, draw_background

_MIN_SIDE = 1.0  # px; a smaller box shows nothing


def to_svg(scene: Scene, references: Mapping[str, bytes]) -> tuple[str, tuple[Notice, ...]]:
    """Draw every object in its boxes, first at the back.

    Args:
        scene: Solved; objects without boxes are not drawn.
        references: PNG bytes by digest.

    Returns:
        The SVG, and what could not be drawn.
    """
    canvas, report = Canvas.of(scene), Report()
    parts = [draw_background(canvas)]
    for number, item in enumerate(scene.objects):
        for instance, box in enumerate(item.boxes):
            if box[2] - box[0] >= _MIN_SIDE and box[3] - box[1] >= _MIN_SIDE:
                parts.append(_draw(item, box, canvas, report, references, f"o{number}i{instance}"))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{scene.width}" height="{scene.height}" '
        f'viewBox="0 0 {scene.width} {scene.height}">'
    )
    return head + "".join(parts) + "</svg>", report.notices()


def _draw(
    item: SceneObject, box: Box, canvas: Canvas, report: Report, references: Mapping[str, bytes], prefix: str
) -> str:
    name = item.label or item.id
    match item.kind:
        case Kind.ART:
            drawing = load_drawing(item.art or "")
            if drawing is None:
                report.undrawable.add(name)
                return ""
            return draw_art(item, drawing, box, canvas, prefix)
        case Kind.TEXT:
            return draw_text(item, box, canvas, report, prefix)
        case Kind.CHART:
            return draw_chart(item, box, canvas, report, prefix)
        case Kind.CARD:
            return draw_cards(item, box, canvas, report, prefix)
        case Kind.IMAGE:
            try:
                return draw_image(item, references[item.image or ""], box, canvas, prefix)
            except (KeyError, OSError):
                report.unreadable.add(name)
                return ""
