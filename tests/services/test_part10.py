"""The file meta group: whose bytes these are, whatever arrives."""

from __future__ import annotations

import io

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, JPEGLSLossless

from workstation.domain.errors import ServiceAnswerInvalid
from workstation.services.endpoint import BasicLogin, Endpoint
from workstation.services.part10 import file_meta, sop_instance_of


def written_by_pydicom() -> bytes:
    data = Dataset()
    data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, "1.2.3"
    data.file_meta = FileMetaDataset()
    data.file_meta.MediaStorageSOPClassUID = CTImageStorage
    data.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    data.file_meta.TransferSyntaxUID = JPEGLSLossless
    data.file_meta.PrivateInformationCreatorUID = "1.2.9"
    data.file_meta.PrivateInformation = b"\1" * 300
    file = io.BytesIO()
    pydicom.dcmwrite(file, data, enforce_file_format=True)
    return file.getvalue()


def test_what_another_toolkit_wrote_is_read() -> None:
    meta = file_meta(written_by_pydicom())
    assert (meta.sop_class_uid, meta.sop_instance_uid, meta.transfer_syntax_uid) == (
        str(CTImageStorage),
        "1.2.3",
        str(JPEGLSLossless),
    )


@given(st.integers(132, 600), st.binary(max_size=20))
def test_no_bytes_break_the_reader(length: int, tail: bytes) -> None:
    file_meta(written_by_pydicom()[:length] + tail)


def test_what_is_no_dicom_is_refused() -> None:
    with pytest.raises(ServiceAnswerInvalid, match="no DICOM file"):
        file_meta(b"<html>")


@pytest.mark.parametrize(
    "url", ["ftp://site/dicom-web", "site/dicom-web", "http://user:secret@site/", "", "http://"]
)
def test_an_address_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"service|login"):
        Endpoint("a", "A", url)


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:80/x", True),
        ("http://localhost/x", True),
        ("http://[::1]/x", True),
        ("https://site.example/x/", False),
    ],
)
def test_no_proxy_is_asked_for_this_machine(url: str, loopback: bool) -> None:
    assert Endpoint("a", "A", url).is_loopback is loopback


def test_a_login_is_not_printed() -> None:
    assert "secret" not in repr(Endpoint("a", "A", "http://site/x", BasicLogin("u", "secret")))


def test_the_data_set_decides_where_the_header_names_another_instance() -> None:
    dataset = Dataset()
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    dataset.SOPInstanceUID = "1.2.3.4"
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = "9.9.9"
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    stream = io.BytesIO()
    pydicom.dcmwrite(stream, dataset, enforce_file_format=True)
    # The writer puts the data set's UID into the header: put the wrong one back, of equal length.
    content = stream.getvalue().replace(b"1.2.3.4\0", b"9.9.9.9\0", 1)
    assert file_meta(content).sop_instance_uid == "9.9.9.9"
    assert sop_instance_of(content) == "1.2.3.4"
    assert sop_instance_of(b"no object") == ""
