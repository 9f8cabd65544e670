"""How different colors look: CIEDE2000 over arrays. Knows nothing of images or receipts."""

import numpy as np
from numpy.typing import NDArray

from generator.checks.pixels import Pixels, Rgb

Floats = NDArray[np.float64]

_TO_XYZ = np.array(
    [
        [0.4123907992659593, 0.357584339383878, 0.1804807884018343],
        [0.2126390058715102, 0.715168678767756, 0.0721923153607337],
        [0.0193308187155918, 0.119194779794626, 0.9505321522496607],
    ]
)
_WHITE = _TO_XYZ.sum(axis=1)  # D65, the white of sRGB
_CHROMA_KNEE = 25.0**7


def to_lab(colors: Pixels) -> Floats:
    """CIELAB (D65) of sRGB colors ``(N, 3)``, as ``(N, 3)``: L from 0 to 100, a and b about -110 to 110."""
    encoded = colors.astype(np.float64) / 255.0
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    ratio = (linear @ _TO_XYZ.T) / _WHITE
    bent = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.stack([116 * bent[:, 1] - 16, 500 * (bent[:, 0] - bent[:, 1]), 200 * (bent[:, 1] - bent[:, 2])], axis=1)


def distances(colors: Pixels, reference: Rgb) -> Floats:
    """CIEDE2000 of every color ``(N, 3)`` to one reference, as ``(N,)``.

    Source: Sharma, Wu, Dalal, "The CIEDE2000 Color-Difference Formula", 2005; equal to coloraide's within 1e-9 (tested).
    """
    return delta_e_2000(to_lab(colors), to_lab(np.array([reference], dtype=np.uint8)))


def delta_e_2000(first: Floats, second: Floats) -> Floats:
    """CIEDE2000 between CIELAB colors ``(N, 3)`` and ``(N, 3)`` or ``(1, 3)``, as ``(N,)``."""
    (l1, c1, h1), (l2, c2, h2) = _adjusted(first, second)
    gray = c1 * c2 == 0
    turn = np.where(gray, 0.0, (h2 - h1 + 180) % 360 - 180)
    hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    mean_hue = np.where(gray, h1 + h2, _mean_angle(h1, h2))
    weight = (
        1
        - 0.17 * np.cos(np.radians(mean_hue - 30))
        + 0.24 * np.cos(np.radians(2 * mean_hue))
        + 0.32 * np.cos(np.radians(3 * mean_hue + 6))
        - 0.20 * np.cos(np.radians(4 * mean_hue - 63))
    )
    rotation = -np.sin(np.radians(60 * np.exp(-(((mean_hue - 275) / 25) ** 2)))) * 2 * _knee(chroma)
    by_lightness = (l2 - l1) / (1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2))
    by_chroma = (c2 - c1) / (1 + 0.045 * chroma)
    by_hue = hue / (1 + 0.015 * chroma * weight)
    squared = by_lightness**2 + by_chroma**2 + by_hue**2 + rotation * by_chroma * by_hue
    return np.asarray(np.sqrt(np.maximum(squared, 0.0)), dtype=np.float64)


def _adjusted(first: Floats, second: Floats) -> tuple[tuple[Floats, Floats, Floats], tuple[Floats, Floats, Floats]]:
    """Lightness, chroma and hue (degrees) of both, with the a axis stretched for near grays."""
    mean_chroma = (np.hypot(first[:, 1], first[:, 2]) + np.hypot(second[:, 1], second[:, 2])) / 2
    stretch = 1 + 0.5 * (1 - _knee(mean_chroma))

    def polar(lab: Floats) -> tuple[Floats, Floats, Floats]:
        a = lab[:, 1] * stretch
        return lab[:, 0], np.hypot(a, lab[:, 2]), np.degrees(np.arctan2(lab[:, 2], a)) % 360

    return polar(first), polar(second)


def _knee(chroma: Floats) -> Floats:
    return np.asarray(np.sqrt(chroma**7 / (chroma**7 + _CHROMA_KNEE)), dtype=np.float64)


def _mean_angle(first: Floats, second: Floats) -> Floats:
    """Halfway between two hues along the shorter arc, in degrees from 0 to 360."""
    middle = (first + second) / 2
    far = np.abs(first - second) > 180
    return np.asarray(np.where(far, np.where(first + second < 360, middle + 180, middle - 180), middle))
