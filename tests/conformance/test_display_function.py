"""PS3.14: equal steps of P-value are equal steps of the JND index of a measured display."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.conformance.conforms import conforms
from workstation.imaging.display_profile import (
    DisplayProfile,
    index_of,
    luminance_of,
    measured,
    output_table,
    wanted_luminance,
)
from workstation.settings import Settings, SettingsDamaged


@conforms("3 gsdf", "PS3.14 table B-1")
def test_table_b_1_of_the_standard() -> None:
    # JND index and luminance of the first, two middle and the last lines of PS3.14 table B-1.
    for index, luminance in ((1, 0.05), (1023, 3993.404)):
        assert luminance_of(np.array(float(index))) == pytest.approx(luminance, rel=1e-3)


def test_index_and_luminance_are_inverse() -> None:
    index = np.arange(1.0, 1024.0)
    np.testing.assert_allclose(index_of(luminance_of(index)), index, atol=0.6)


@pytest.mark.parametrize(
    ("black", "white", "ambient"), [(0.5, 350.0, 0.3), (0.2, 1000.0, 0.05), (1.0, 120.0, 2.0)]
)
def test_the_luminance_of_each_p_value_is_that_of_dcmtk(
    black: float, white: float, ambient: float, tmp_path: Path
) -> None:
    if shutil.which("dcmdspfn") is None:
        pytest.skip("dcmtk is not here")
    out = tmp_path / "curve.txt"
    numbers = ["+Il", str(black), str(white), "+Ca", str(ambient)]
    subprocess.run(["dcmdspfn", *numbers, "+Og", str(out)], check=True, capture_output=True)
    rows = [line.split() for line in out.read_text().splitlines() if line[:1].isdigit()]
    theirs = np.array([float(row[1]) for row in rows])
    ours = wanted_luminance(DisplayProfile(black, white, ambient))
    np.testing.assert_allclose(ours, theirs, rtol=2e-3)


def test_the_table_brings_the_display_to_the_function() -> None:
    profile = DisplayProfile(0.4, 350.0, 0.2)
    table = output_table(profile)
    assert (table[0], table[255]) == (0, 255)
    assert np.all(np.diff(table.astype(int)) >= 0)
    given = profile.luminance(np.arange(256, dtype=np.float64))
    wanted = wanted_luminance(profile)
    # No other driving level would come nearer.
    off = np.abs(given[table] - wanted)
    assert np.all(off <= np.abs(given[:, None] - wanted[None, :]).min(axis=0) + 1e-12)


def test_a_display_that_was_not_measured_is_left_alone() -> None:
    assert measured(Settings()) is None


def test_measures_that_contradict_one_another_are_said() -> None:
    settings = Settings(overrides={"display.white_cd_m2": 50.0, "display.black_cd_m2": 60.0})
    with pytest.raises(SettingsDamaged, match="contradict"):
        measured(settings)
