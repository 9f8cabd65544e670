"""An earlier picture shown again: its own pixels, not a new drawing that resembles them."""

from collections.abc import Mapping

from generator.finishing import fit, probe
from generator.request import GeneratedImage, GenerationRequest, Intent, ReferenceRole


def as_it_was(request: GenerationRequest, references: Mapping[str, bytes]) -> GeneratedImage | None:
    """The picture that an undo goes back to; None for every other request.

    Args:
        request: An undo names the picture as the reference to edit.
        references: PNG bytes by digest.

    Raises:
        RenderFailed: The bytes are not an image.
    """
    if request.intent is not Intent.UNDO:
        return None
    shown = next((one for one in request.references if one.role is ReferenceRole.EDIT), None)
    if shown is None:
        return None
    png = fit(references[shown.digest], request.width, request.height)
    return GeneratedImage(
        index=0,
        png=png,
        width=request.width,
        height=request.height,
        has_alpha=probe(png).has_alpha,
        seed=request.seed,
        engine="",
        model="",
        scene=request.scene,
    )
