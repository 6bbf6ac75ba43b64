"""Which stage of a hanging is shown while a case arrives."""

from __future__ import annotations

from tests.dicom import make
from tests.gui.test_fusion import ct, pt
from workstation.dicom.display_sets import build_studies
from workstation.dicom.reading import read_object
from workstation.domain.study import Study
from workstation.ui.viewport.stages import Stages


def study(*, with_pet: bool) -> Study:
    objects = [*ct(), *(pt() if with_pet else ())]
    (made,) = build_studies([read_object(make.to_bytes(each)) for each in objects])
    return made


def test_until_the_reader_touches_it_the_first_stage_of_what_is_here_is_shown() -> None:
    stages = Stages()
    assert not stages
    assert stages.hang(study(with_pet=False), (), touched=False)
    first = stages.shown
    assert stages.hang(study(with_pet=True), (), touched=False)
    assert stages.index == 0
    assert stages.shown != first
    # What did not change is not shown anew.
    assert not stages.hang(study(with_pet=True), (), touched=False)


def test_the_stage_that_the_reader_is_on_stays_whatever_comes_before_it() -> None:
    stages = Stages()
    stages.hang(study(with_pet=True), (), touched=False)
    stages.step(-1)
    assert stages.index == len(stages) - 1
    held = stages.shown.name
    stages.hang(study(with_pet=False), (), touched=True)
    assert stages.shown.name in stages.names
    stages.hang(study(with_pet=True), (), touched=True)
    assert not stages.hang(study(with_pet=True), (), touched=True)
    stages.step(stages.names.index(held) - stages.index)
    assert not stages.hang(study(with_pet=True), (), touched=True)
    assert stages.shown.name == held
    stages.clear()
    assert (stages.names, stages.index) == ((), 0)
