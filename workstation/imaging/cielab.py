"""CIELab as DICOM writes it to sRGB (PS3.3 C.10.7.1.1, IEC 61966-2-1)."""

from __future__ import annotations

import numpy as np

#: D50, the white point of the profile connection space that C.10.7.1.1 refers to.
_WHITE = np.asarray([0.9642, 1.0, 0.8249])
#: Bradford-adapted XYZ (D50) to linear sRGB (ICC.1:2022, sRGB profile, inverted).
_TO_SRGB = np.asarray(
    [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]
)


def to_srgb(written: tuple[float, ...]) -> tuple[int, int, int] | None:
    """Red, green, blue of three values of 0 to 65535; None where they are not three."""
    if len(written) != 3 or not all(0 <= value <= 65535 for value in written):
        return None
    lightness = written[0] * 100 / 65535
    a, b = (value * 255 / 65535 - 128 for value in written[1:])
    # CIE 15: f(t) = t^(1/3) above (6/29)^3, linear below.
    middle = (lightness + 16) / 116
    scaled = np.asarray([middle + a / 500, middle, middle - b / 200])
    edge = 6 / 29
    xyz = np.where(scaled > edge, scaled**3, 3 * edge**2 * (scaled - 4 / 29)) * _WHITE
    linear = np.clip(_TO_SRGB @ xyz, 0.0, 1.0)
    curve = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    red, green, blue = (int(part) for part in np.rint(curve * 255))
    return red, green, blue
