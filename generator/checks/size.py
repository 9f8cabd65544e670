"""Whether the image has the asked size."""

from generator.checks.pixels import Picture
from generator.receipt import ReceiptLine
from generator.request import GenerationRequest


def check_size(picture: Picture, request: GenerationRequest) -> ReceiptLine:
    """One line, always: exact to the pixel."""
    return ReceiptLine(
        check="size",
        asked=f"{request.width} × {request.height}",
        measured=f"{picture.width} × {picture.height}",
        passed=(picture.width, picture.height) == (request.width, request.height),
    )
