"""Measured receipts: what a finished image shows, from its decoded pixels, against what was asked.

Knows scenes, requests and pixels; never how the image was drawn, moderated or stored.
"""

import asyncio
from collections.abc import Mapping

from generator.checks.background import backdrop, check_background, free_area
from generator.checks.color import check_colors
from generator.checks.objects import Findings, check_objects, plan_redraws, redraw, unchecked
from generator.checks.ocr import RapidOcr, TextReader
from generator.checks.pixels import Picture, Rgb, decode
from generator.checks.size import check_size
from generator.checks.text import check_texts
from generator.engine import Redraws
from generator.receipt import ReceiptLine
from generator.request import GenerationRequest
from generator.scene import Scene

__all__ = ["RapidOcr", "TextReader", "measure"]


async def measure(
    encoded: bytes,
    request: GenerationRequest,
    scene: Scene | None,
    *,
    redraws: Redraws | None,
    references: Mapping[str, bytes],
    ocr: TextReader | None,
) -> tuple[ReceiptLine, ...]:
    """Measure one finished image.

    Args:
        encoded: PNG, WebP or JPEG, exactly the bytes that will be signed. Lossy formats get wider tolerances.
        request: What was asked.
        scene: The scene as solved by the engine, with boxes; None if it draws from none.
        redraws: Draws the scene again without its objects; None leaves the objects unchecked.
        references: Sanitized PNG bytes of the scene's images by digest, for the redraws.
        ocr: Reads text; None leaves the texts unchecked.

    Returns:
        Lines in the order size, background, object, color, text. Never raises for what the image shows: bytes that are
        no image are one failed line.
    """
    picture = await asyncio.to_thread(decode, encoded)
    if picture is None:
        asked = f"{request.width} × {request.height}"
        return (ReceiptLine(check="size", asked=asked, measured="not an image", passed=False),)
    free = await asyncio.to_thread(free_area, picture, scene)
    single = await asyncio.to_thread(backdrop, picture, free)
    lines = [check_size(picture, request), *await asyncio.to_thread(check_background, picture, request, scene)]
    findings = await _objects(picture, scene, redraws, references, single)
    lines += findings.lines
    lines += await asyncio.to_thread(check_colors, picture, scene, findings.presences, single)
    lines += await check_texts(picture, request, scene, ocr)
    return tuple(lines)


async def _objects(
    picture: Picture,
    scene: Scene | None,
    redraws: Redraws | None,
    references: Mapping[str, bytes],
    backdrop: Rgb | None,
) -> Findings:
    if scene is None or redraws is None:
        return unchecked(scene, "this engine cannot draw it again")
    plan = plan_redraws(scene)
    if not plan:
        return unchecked(scene, "no box")
    redrawn = await redraw(redraws, scene, plan, references)
    if redrawn is None:
        return unchecked(scene, "the redraw failed")
    return await asyncio.to_thread(check_objects, picture, scene, plan, redrawn, backdrop)
