"""Known defects of other viewers that no other test stands for (display rules, second part)."""

from __future__ import annotations

import tomllib

import pytest

from tests.conformance.conforms import conforms
from workstation.domain.image import UltrasoundRegion
from workstation.imaging.scales import physical_value
from workstation.settings import resources


@conforms("defect 5", "PS3.3 C.8.5.5.1.6 to C.8.5.5.1.9, worked by hand")
def test_the_reference_pixel_of_a_region_carries_its_own_value() -> None:
    """A spectral region whose base line, 40 rows below its top, is at 20 cm/s."""
    region = UltrasoundRegion(100, 200, 300, 290, 3, 3, 4, 7, 0.01, -0.5, 0, 10, 40, 2.0, 20.0)
    assert physical_value(region, (130, 240)) == pytest.approx((2.2, 20.0))
    assert physical_value(region, (110, 260)) == pytest.approx((2.0, 10.0))


@conforms("defect 10", "habits of radiologists: lung 1500/-600, liver 150/90, bone 2500/480")
def test_window_presets_are_those_that_radiologists_use() -> None:
    held = tomllib.loads((resources() / "presets" / "windows.toml").read_text(encoding="utf-8"))
    found = {row["id"]: (row["width"], row["center"]) for row in held["preset"]}
    assert found["brain"] == (80, 40)
    assert found["lung"] == (1500, -600)
    assert found["liver"] == (150, 90)
    assert found["bone"] == (2500, 480)
    for width, center in found.values():
        # CT numbers begin at -1024; a level below that shows nothing.
        assert width > 0
        assert center > -1024
