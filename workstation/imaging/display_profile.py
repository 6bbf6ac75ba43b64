"""P-values to the driving levels of a measured display (PS3.14)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.settings import Settings, SettingsDamaged

#: Grayscale Standard Display Function, PS3.14 equation (7-1): log10 L of the JND index j.
_NUMERATOR = (-1.3011877, 8.0242636e-2, 1.3646699e-1, -2.5468404e-2, 1.3635334e-3)
_DENOMINATOR = (1.0, -2.5840191e-2, -1.0320229e-1, 2.8745620e-2, -3.1978977e-3, 1.2992634e-4)
#: PS3.14 equation (7-2): j of log10 L.
_INVERSE = (
    71.498068,
    94.593053,
    41.912053,
    9.8247004,
    0.28175407,
    -1.1878455,
    -0.18014349,
    0.14710899,
    -0.017046845,
)
#: The function is defined from index 1 to index 1023.
LOWEST, HIGHEST = 0.05, 3993.404


@dataclass(frozen=True, slots=True)
class DisplayProfile:
    """A display as it was measured, in cd/m². `black` and `white` are without ambient light,
    `ambient` is what its surface reflects, `gamma` the exponent of its response between them."""

    black: float
    white: float
    ambient: float = 0.0
    gamma: float = 2.2

    def __post_init__(self) -> None:
        if not 0 <= self.black < self.white or self.ambient < 0 or self.gamma <= 0:
            raise ValueError("a display is darker at black than at white")
        if not LOWEST <= self.black + self.ambient < self.white + self.ambient <= HIGHEST:
            raise ValueError(f"luminance with ambient light lies within {LOWEST} and {HIGHEST}")

    def luminance(self, level: NDArray[np.float64]) -> NDArray[np.float64]:
        """cd/m² of driving levels 0 to 255, ambient light included."""
        share = np.power(np.asarray(level, np.float64) / 255.0, self.gamma)
        return self.ambient + self.black + (self.white - self.black) * share


def measured(settings: Settings) -> DisplayProfile | None:
    """The display as its measures in the settings tell, None where it was not measured.

    SettingsDamaged where the measures contradict one another.
    """
    white = settings.number("display.white_cd_m2")
    if not white:
        return None
    try:
        return DisplayProfile(
            settings.number("display.black_cd_m2"),
            white,
            settings.number("display.ambient_cd_m2"),
            settings.number("display.gamma"),
        )
    except ValueError as error:
        raise SettingsDamaged(
            f"The measures of the display contradict one another: {error}."
            " Measure it again, or set display.white_cd_m2 to 0."
        ) from error


def luminance_of(index: NDArray[np.float64]) -> NDArray[np.float64]:
    """cd/m² of JND indices 1 to 1023, PS3.14 equation (7-1)."""
    held = np.log(np.asarray(index, np.float64))
    top = np.polynomial.polynomial.polyval(held, _NUMERATOR)
    bottom = np.polynomial.polynomial.polyval(held, _DENOMINATOR)
    return np.asarray(np.power(10.0, top / bottom), np.float64)


def index_of(luminance: NDArray[np.float64]) -> NDArray[np.float64]:
    """JND indices of cd/m², PS3.14 equation (7-2)."""
    held = np.log10(np.asarray(luminance, np.float64))
    return np.asarray(np.polynomial.polynomial.polyval(held, _INVERSE), np.float64)


def wanted_luminance(profile: DisplayProfile) -> NDArray[np.float64]:
    """(256,) cd/m² that each P-value is to have: equal steps of the JND index (PS3.14 7)."""
    ends = index_of(profile.luminance(np.array((0.0, 255.0))))
    return luminance_of(np.linspace(ends[0], ends[1], 256))


def output_table(profile: DisplayProfile) -> NDArray[np.uint8]:
    """(256,): the driving level whose luminance is nearest to that of each P-value."""
    given = profile.luminance(np.arange(256, dtype=np.float64))
    wanted = wanted_luminance(profile)
    above = np.clip(np.searchsorted(given, wanted), 1, 255)
    nearer = np.abs(given[above - 1] - wanted) < np.abs(given[above] - wanted)
    return np.where(nearer, above - 1, above).astype(np.uint8)
