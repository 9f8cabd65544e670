"""SVG to PNG with resvg. Without fonts and without files: everything a picture needs is inside its SVG."""

import resvg_py


def rasterize(svg: str, longest_side: int | None, width: int, height: int) -> bytes:
    """PNG, 8-bit RGBA.

    Args:
        svg: The picture, ``width`` by ``height`` px.
        longest_side: px of the PNG's longer side, or None for the picture's own size.
        width: Of the picture, px.
        height: Of the picture, px.
    """
    if longest_side is None or longest_side == max(width, height):
        return bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True))
    scale = longest_side / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, width=size[0], height=size[1]))
