"""Color arithmetic that everything which draws or measures shares: parsing, OKLCH, CIEDE2000, contrast.

Colors travel as ``"#rrggbb"`` in sRGB; nothing here knows of pictures, prompts or scenes.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from coloraide import Color
from coloraide.css import color_names
from numpy.typing import NDArray

DARK_INK, LIGHT_INK = "#111827", "#ffffff"

_HEX_DIGITS = frozenset("0123456789abcdef")
_LINEAR_TO_XYZ = np.array(  # IEC 61966-2-1, D65
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_D65 = np.array([0.95047, 1.0, 1.08883])


def parse_color(text: str) -> str | None:
    """``"#rrggbb"`` of a hex color with 3, 4, 6 or 8 digits (alpha is dropped) or of a CSS name; None for all else."""
    word = text.strip().lower()
    if word.startswith("#"):
        digits = word[1:]
        if len(digits) not in {3, 4, 6, 8} or not set(digits) <= _HEX_DIGITS:
            return None
        if len(digits) < 6:
            digits = "".join(digit * 2 for digit in digits)
        return "#" + digits[:6]
    if not word.isascii() or not word.isalpha() or word == "transparent":
        return None
    named = color_names.from_name(word)
    if named is None:
        return None
    return to_hex(*named[:3])


def to_hex(red: float, green: float, blue: float) -> str:
    """``"#rrggbb"`` of channels from 0 to 1, clipped and rounded."""
    return "#" + "".join(f"{round(255 * min(1.0, max(0.0, channel))):02x}" for channel in (red, green, blue))


def to_rgb(color: str) -> tuple[int, int, int]:
    """Channels from 0 to 255 of ``"#rrggbb"``."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


@lru_cache(maxsize=4096)
def to_oklch(color: str) -> tuple[float, float, float]:
    """Lightness 0 to 1, chroma from 0 to about 0.37, hue in degrees (0 for grays)."""
    lightness, chroma, hue = Color(color).convert("oklch").coords(nans=False)
    return lightness, chroma, hue


@lru_cache(maxsize=4096)
def from_oklch(lightness: float, chroma: float, hue: float) -> str:
    """The sRGB color nearest to these OKLCH coordinates, out-of-gamut ones by reducing chroma."""
    color = Color("oklch", [min(1.0, max(0.0, lightness)), max(0.0, chroma), hue % 360.0])
    red, green, blue = color.fit("srgb", method="oklch-chroma").convert("srgb").coords(nans=False)
    return to_hex(red, green, blue)


def hue_distance(first: float, second: float) -> float:
    """Degrees from 0 to 180 between two hues."""
    return abs((first - second + 180.0) % 360.0 - 180.0)


@lru_cache(maxsize=4096)
def mix(first: str, second: str, share: float) -> str:
    """``first`` with ``share`` (0 to 1) of ``second``, mixed in sRGB as renderers blend."""
    one, two = to_rgb(first), to_rgb(second)
    red, green, blue = ((a + (b - a) * share) / 255.0 for a, b in zip(one, two, strict=True))
    return to_hex(red, green, blue)


def luminance(color: str) -> float:
    """Relative luminance from 0 to 1. Source: WCAG 2.2, relative luminance."""
    linear = _linear(np.array(to_rgb(color)) / 255.0)
    return float(linear @ _LINEAR_TO_XYZ[1])


def contrast(first: str, second: str) -> float:
    """Contrast ratio from 1 to 21. Source: WCAG 2.2, contrast ratio."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def readable_ink(plate: str) -> str:
    """Near-black or white, whichever reads better on ``plate``; white already where it reads well.

    White on saturated mid-tones scores low in WCAG and yet reads best, so near-black must win clearly.
    """
    return LIGHT_INK if contrast(LIGHT_INK, plate) >= 3.0 else DARK_INK


def delta_e_2000(first: str, second: str) -> float:
    """CIEDE2000 difference of two colors; 1 is just noticeable, 100 black against white."""
    one, two = (np.array(to_rgb(color), dtype=np.float64) for color in (first, second))
    return float(delta_e_2000_array(one, two))


def delta_e_2000_array(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.float64]:
    """CIEDE2000 differences of sRGB pixels.

    Args:
        first: ``(..., 3)``, channels from 0 to 255; broadcast against ``second``.
        second: Same.

    Returns:
        ``(...)`` differences.

    Source: Sharma, Wu, Dalal, "The CIEDE2000 Color-Difference Formula", 2005, equations 2 to 22.
    """
    lab1, lab2 = to_lab(first), to_lab(second)
    chroma = (np.hypot(lab1[..., 1], lab1[..., 2]) + np.hypot(lab2[..., 1], lab2[..., 2])) / 2
    gray = 1.5 - 0.5 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    c1, h1 = _polar(lab1, gray)
    c2, h2 = _polar(lab2, gray)
    d_light, d_chroma = lab2[..., 0] - lab1[..., 0], c2 - c1
    colored = c1 * c2 > 1e-9
    d_angle = np.where(colored, (h2 - h1 + 180.0) % 360.0 - 180.0, 0.0)
    d_hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(d_angle) / 2)
    mean_light, mean_chroma = (lab1[..., 0] + lab2[..., 0]) / 2, (c1 + c2) / 2
    wrapped = np.where(np.abs(h1 - h2) > 180.0, h1 + h2 + np.where(h1 + h2 < 360.0, 360.0, -360.0), h1 + h2)
    mean_hue = np.where(colored, wrapped / 2, h1 + h2)
    t = (
        1
        - 0.17 * np.cos(np.radians(mean_hue - 30))
        + 0.24 * np.cos(np.radians(2 * mean_hue))
        + 0.32 * np.cos(np.radians(3 * mean_hue + 6))
        - 0.20 * np.cos(np.radians(4 * mean_hue - 63))
    )
    offset = (mean_light - 50) ** 2
    light = d_light / (1 + 0.015 * offset / np.sqrt(20 + offset))
    sat = d_chroma / (1 + 0.045 * mean_chroma)
    hue = d_hue / (1 + 0.015 * mean_chroma * t)
    turn = 2 * np.sqrt(mean_chroma**7 / (mean_chroma**7 + 25.0**7))
    turn = -np.sin(np.radians(60 * np.exp(-(((mean_hue - 275) / 25) ** 2)))) * turn
    return np.asarray(np.sqrt(np.maximum(0.0, light**2 + sat**2 + hue**2 + turn * sat * hue)))


def to_lab(pixels: NDArray[Any]) -> NDArray[np.float64]:
    """CIE L*a*b* (D65) of sRGB pixels ``(..., 3)`` with channels from 0 to 255; same shape."""
    xyz = _linear(np.asarray(pixels, dtype=np.float64) / 255.0) @ _LINEAR_TO_XYZ.T / _D65
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def _linear(srgb: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4))


def _polar(lab: NDArray[np.float64], gray: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    a = lab[..., 1] * gray
    return np.hypot(a, lab[..., 2]), np.degrees(np.arctan2(lab[..., 2], a)) % 360.0
