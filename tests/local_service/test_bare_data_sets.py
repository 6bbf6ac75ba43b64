"""What is served is a Part 10 file, also where a folder holds data sets without a header."""

from __future__ import annotations

import io
from pathlib import Path

import pydicom
import pytest
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.local_service import make
from workstation.dicom.part10 import with_meta_information
from workstation.local_service.ingest import serve_studies
from workstation.local_service.running import RunningService
from workstation.services.endpoint import BasicLogin, Endpoint
from workstation.services.service import ReadingService


def bare(syntax: str) -> tuple[pydicom.Dataset, bytes]:
    """The data set alone, without preamble and group 0002, as it goes over an association."""
    data, held = make.ct(1, 1, 1), io.BytesIO()
    pydicom.dcmwrite(held, data, implicit_vr=syntax == ImplicitVRLittleEndian, little_endian=True)
    return data, held.getvalue()


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian])
def test_a_bare_data_set_gets_its_header_and_keeps_its_bytes(syntax: str) -> None:
    data, content = bare(syntax)
    assert content[128:132] != b"DICM"
    made = with_meta_information(content)
    assert made.endswith(content)
    read = pydicom.dcmread(io.BytesIO(made))
    assert read.file_meta.TransferSyntaxUID == syntax
    assert read.file_meta.MediaStorageSOPInstanceUID == data.SOPInstanceUID
    assert read.PatientID == data.PatientID
    assert with_meta_information(made) == made


def test_a_bare_data_set_of_a_folder_is_fetched_like_any_other(tmp_path: Path) -> None:
    data, content = bare(ImplicitVRLittleEndian)
    source = tmp_path / "source"
    source.mkdir()
    (source / "bare.dcm").write_bytes(content)
    with RunningService(tmp_path / "site", user="reader", password="pw") as site:
        assert serve_studies(site.store, source).instances == 1
        service = ReadingService(Endpoint("n", "N", site.url, BasicLogin("reader", "pw")))
        try:
            (listed,) = service.manifest(data.StudyInstanceUID)
            received = service.fetch(data.StudyInstanceUID, listed.series_uid, listed.sop_uid)
        finally:
            service.close()
    assert pydicom.dcmread(io.BytesIO(received)).SOPInstanceUID == data.SOPInstanceUID
