"""Colors as image models read them: by a plain English name, with the hex beside it."""

from functools import lru_cache
from typing import Final

from generator.colors import delta_e_2000

_PLAIN: Final = {
    "white": "#ffffff",
    "light gray": "#d1d5db",
    "gray": "#808080",
    "dark gray": "#404040",
    "black": "#000000",
    "cream": "#fff5e1",
    "beige": "#e8d8b8",
    "tan": "#d2b48c",
    "brown": "#7b4a21",
    "dark brown": "#4a2c17",
    "maroon": "#7f1d1d",
    "red": "#dc2626",
    "bright red": "#ff0000",
    "coral": "#ff7f50",
    "salmon": "#fa8072",
    "orange": "#f97316",
    "peach": "#ffdab9",
    "gold": "#d4a017",
    "yellow": "#facc15",
    "bright yellow": "#ffff00",
    "pale yellow": "#fef9c3",
    "olive": "#808000",
    "lime green": "#84cc16",
    "bright green": "#00ff00",
    "green": "#16a34a",
    "dark green": "#14532d",
    "mint green": "#a7f3d0",
    "teal": "#0f766e",
    "turquoise": "#40e0d0",
    "cyan": "#00ffff",
    "sky blue": "#7dd3fc",
    "pale blue": "#dbeafe",
    "blue": "#2563eb",
    "bright blue": "#0000ff",
    "navy blue": "#1e3a8a",
    "indigo": "#4338ca",
    "lavender": "#ddd6fe",
    "purple": "#7c3aed",
    "violet": "#a855f7",
    "magenta": "#ff00ff",
    "hot pink": "#ec4899",
    "pink": "#f9a8d4",
    "pale pink": "#fce7f3",
}


@lru_cache(maxsize=1024)
def name_of(color: str) -> str:
    """The plain name nearest to a color, by CIEDE2000.

    Args:
        color: ``#rrggbb``.
    """
    return min(_PLAIN, key=lambda name: delta_e_2000(color, _PLAIN[name]))


def said(color: str) -> str:
    """``pale yellow (#fef9c3)``."""
    return f"{name_of(color)} ({color})"
