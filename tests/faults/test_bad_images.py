"""Broken images and files that are none: each is listed with its reason, the rest is shown."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from tests.dicom import make
from tests.faults import cases
from tests.faults.home import READER, helps, home_at
from workstation import phantoms
from workstation.cli import main
from workstation.dicom.folder import scan
from workstation.dicom.reading import read_object
from workstation.domain.delivery import DeliveryState
from workstation.domain.errors import NotDicom, SigningRefused
from workstation.domain.study import RetrievalState, Study
from workstation.local_service.ingest import serve_studies
from workstation.local_service.running import RunningService
from workstation.workflow.jobs import Jobs
from workstation.workflow.opening import Opening

GOOD = 5


def slice_at(number: int) -> Dataset:
    pixels = np.arange(64 * 64, dtype=np.int16).reshape(64, 64)
    return make.slice_of(number, 2.0 * number, Rows=64, Columns=64, PixelData=pixels.tobytes())


def truncated() -> bytes:
    return make.to_bytes(slice_at(20))[:-5000]


def cut_in_the_header() -> bytes:
    return make.to_bytes(slice_at(21))[:420]


def without_pixels() -> bytes:
    data = slice_at(22)
    del data.PixelData
    return make.to_bytes(data)


def of_an_unknown_class() -> bytes:
    data = slice_at(23)
    data.SOPClassUID = "1.2.840.10008.5.1.4.1.1.999.1"
    del data.PixelData
    del data.Rows
    del data.Columns
    return make.to_bytes(data)


def a_web_page() -> bytes:
    return b"<html><body>Please log in</body></html>"


def zeros() -> bytes:
    return bytes(2000)


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    failures: list[BaseException] = []
    made = Jobs(failures.append, threads=2)
    yield made
    made.close()
    assert failures == []


@pytest.mark.parametrize(
    "broken",
    [truncated, cut_in_the_header, without_pixels, of_an_unknown_class, a_web_page, zeros],
)
def test_a_broken_image_is_listed_and_the_others_are_shown(
    fast_folder: Path, jobs: Jobs, broken: Callable[[], bytes]
) -> None:
    study = f"{make.ROOT}.2"
    with home_at(fast_folder) as home:
        for number in range(GOOD):
            data = slice_at(number)
            home.store.put(study, "1.5", data.SOPInstanceUID, make.CT, make.to_bytes(data))
        home.store.put(study, "1.5", f"{make.ROOT}.66", make.CT, broken())
        opened = Opening(home.store, jobs).open(study)
    everything_counts(opened, GOOD + 1)
    assert opened.shown == GOOD
    assert len(opened.not_shown) == 1


def everything_counts(study: Study, received: int) -> None:
    """Received is shown and not shown; whatever is not shown says why and what to do."""
    assert study.received == received
    assert study.received == study.shown + len(study.not_shown)
    for each in study.not_shown:
        assert each.reason.endswith("."), each
        assert each.remedy.endswith("."), each


def test_the_broken_study_arrives_is_counted_and_can_be_handed_back(fast_folder: Path) -> None:
    source = fast_folder / "source"
    truth = phantoms.write_all(source, only=["ct-pelvis-broken"])["studies"]["ct-pelvis-broken"]
    with RunningService(fast_folder / "site", user="reader", password="pw") as site:
        taken = serve_studies(site.store, source)
        assert taken.instances == truth["instances"]
        with cases.workstation_at(fast_folder / "home", site) as bench:
            (row,) = bench.worklist.rows()
            task = row.task
            bench.claiming.claim(task)
            bench.retrieving.start(task.service_id, task.study_instance_uid)
            cases.until(
                lambda: (
                    bench.retrieving.progress(task.study_instance_uid).state  # type: ignore[union-attr]
                    is RetrievalState.COMPLETE
                ),
                30,
            )
            study = bench.opening.open(task.study_instance_uid)
            everything_counts(study, truth["instances"])
            listed = {each.sop_instance_uid for each in study.not_shown}
            assert listed == {each["sop_instance_uid"] for each in truth["broken"]}
            report = bench.reporting.open(task, study)
            marks = bench.measuring_for(task.study_instance_uid)
            context = bench.signing.context(task, study, marks, (), report.template)
            with pytest.raises(SigningRefused):
                bench.signing.sign(report, context, preliminary=False, reader=READER)
            bench.claiming.hand_back(task.workitem_uid, "The transfer was cut")
            assert bench.claiming.lease(task.workitem_uid) is None


def test_a_damaged_file_of_the_store_is_listed_and_fetched_again(fast_folder: Path) -> None:
    """The remedy that is named works: the image comes again, alone."""
    with (
        cases.site(fast_folder, 1, GOOD) as site,
        cases.workstation_at(fast_folder / "home", site) as bench,
    ):
        cases.retrieve(bench, 0)
        study_uid = cases.study_of(0)
        file = next(
            each for each in (fast_folder / "home" / "studies").rglob("*") if each.is_file()
        )
        whole = file.read_bytes()
        file.write_bytes(whole[:-100] + bytes(100))
        study = bench.opening.open(study_uid)
        everything_counts(study, GOOD)
        assert study.shown == GOOD - 1
        assert "damaged" in study.not_shown[0].reason
        task = cases.task_in(bench, 0)
        bench.retrieving.start(task.service_id, study_uid)
        cases.until(lambda: file.exists() and file.read_bytes() == whole)
        cases.until(lambda: bench.opening.open(study_uid).shown == GOOD)
        cases.write(bench, 0, "Nothing new.")
        cases.sign(bench, 0)
        bench.delivering.pump()
        assert bench.delivering.entries()[0].state is DeliveryState.DELIVERED


# -- files that are no DICOM --------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"hello, world\n" * 100, b"PK\x03\x04" + bytes(400), b"%PDF-1.7\n" + bytes(300)],
    ids=["empty", "a byte", "a text", "a zip", "a PDF"],
)
def test_a_file_that_is_not_dicom_is_refused_with_a_remedy(content: bytes) -> None:
    with pytest.raises(NotDicom) as said:
        read_object(content)
    helps(said.value)


def test_beside_dicom_files_others_are_listed_only_where_they_claim_to_be_dicom(
    tmp_path: Path,
) -> None:
    for number in range(3):
        (tmp_path / f"{number}").write_bytes(make.to_bytes(slice_at(number)))
    (tmp_path / "readme.txt").write_text("This disc holds images.")
    (tmp_path / "autorun.inf").write_bytes(b"[autorun]\r\n")
    (tmp_path / "7.dcm").write_text("no image at all")
    objects, unreadable = scan(tmp_path)
    assert len(objects) == 3
    assert [Path(each.path).name for each in unreadable] == ["7.dcm"]
    assert unreadable[0].reason.endswith(".")
    assert unreadable[0].remedy.endswith(".")


def test_inspecting_something_else_ends_with_a_sentence_and_exit_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "letter.txt"
    text.write_text("Dear colleague")
    for path in (text, tmp_path / "gone.dcm"):
        assert main(["inspect", str(path), "--json"]) == 1
        out, err = capsys.readouterr()
        assert out == "" or json.loads(out)
        assert "Traceback" not in err
        assert err.strip().endswith(".")


def test_the_objects_of_this_page_are_as_broken_as_they_say() -> None:
    """Judged by another implementation."""
    assert pydicom.dcmread(io.BytesIO(make.to_bytes(slice_at(1)))).pixel_array.shape == (64, 64)
    with pytest.raises(ValueError, match=r"less than|length"):
        _ = pydicom.dcmread(io.BytesIO(truncated())).pixel_array
    with pytest.raises(AttributeError):
        _ = pydicom.dcmread(io.BytesIO(without_pixels())).pixel_array
    for nothing in (a_web_page(), zeros()):
        with pytest.raises(pydicom.errors.InvalidDicomError):
            pydicom.dcmread(io.BytesIO(nothing))
