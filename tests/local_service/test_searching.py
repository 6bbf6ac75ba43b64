"""QIDO-RS, seen from outside (PS3.18 10.6)."""

from __future__ import annotations

import httpx
import pytest
from pydicom.dataset import Dataset

from tests.local_service import make
from tests.local_service.conftest import Send

STUDY_REQUIRED = [
    "00080020",
    "00080030",
    "00080050",
    "00080061",
    "00080090",
    "00081190",
    "00100010",
    "00100020",
    "00100030",
    "00100040",
    "0020000D",
    "00200010",
    "00201206",
    "00201208",
]
SERIES_REQUIRED = ["00080060", "0020000E", "00200011", "00201209", "00081190"]
INSTANCE_REQUIRED = [
    "00080016",
    "00080018",
    "00200013",
    "00280010",
    "00280011",
    "00280100",
    "00081190",
]


@pytest.fixture
def filled(send: Send) -> None:
    """Two patients: study 1 with CT and SR series, study 2 later, study 3 of another person."""
    report = make.ct(1, 2, 1, Modality="SR")
    del report.PixelData, report.Rows, report.Columns
    objects = [
        *(make.ct(1, 1, number) for number in (1, 2, 3)),
        report,
        make.ct(2, StudyDate="20261122", AccessionNumber="ACC2"),
        make.ct(
            3, PatientName="Élan^Zoé=山田^太郎", PatientID="B*2", SpecificCharacterSet="ISO_IR 192"
        ),
    ]
    assert send(*map(make.part10, objects)).status_code == 200


def uids(answer: httpx.Response, tag: str = "0020000D") -> list[str]:
    """One attribute of each result, or [] for 204."""
    if answer.status_code == 204:
        return []
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/dicom+json"
    return sorted(Dataset.from_json(each)[tag].value for each in answer.json())


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("query", "studies"),
    [
        ("", "123"),
        ("PatientID=A1", "12"),
        ("00100020=A1", "12"),
        ("PatientID=A%3F", "12"),
        ("PatientID=B%2A2", "3"),
        ("PatientName=ash%5Erowan", "12"),
        ("PatientName=ASH*", "12"),
        ("PatientName=*", "123"),
        ("PatientName=%E5%B1%B1%E7%94%B0*", "3"),
        ("PatientName=Ash", ""),
        ("StudyDate=20261122", "2"),
        ("StudyDate=20261121-", "2"),
        ("StudyDate=-20261121", "13"),
        ("StudyDate=20261119-20261120", "13"),
        ("StudyTime=0300-0320", "123"),
        ("StudyTime=0400-", ""),
        ("StudyInstanceUID=1.2.3.1,1.2.3.3", "13"),
        ("StudyInstanceUID=1.2.3.1%5C1.2.3.2", "12"),
        ("ModalitiesInStudy=SR", "1"),
        ("AccessionNumber=ACC2&PatientID=A1", "2"),
        ("AccessionNumber=", "123"),
        ("NumberOfStudyRelatedInstances=4", "1"),
        ("Rows=4", "123"),
    ],
)
def test_studies_are_matched(client: httpx.Client, query: str, studies: str) -> None:
    assert uids(client.get(f"studies?{query}")) == [f"1.2.3.{each}" for each in studies]


@pytest.mark.usefixtures("filled")
def test_each_level_gives_what_the_standard_requires(client: httpx.Client) -> None:
    study = client.get("studies?StudyInstanceUID=1.2.3.1").json()[0]
    assert set(STUDY_REQUIRED) <= study.keys()
    assert study["00080061"]["Value"] == ["CT", "SR"]
    assert study["00201206"]["Value"] == [2]
    assert study["00201208"]["Value"] == [4]
    series = client.get("studies/1.2.3.1/series?Modality=CT").json()
    assert [set(SERIES_REQUIRED) <= each.keys() for each in series] == [True]
    assert series[0]["00201209"]["Value"] == [3]
    instances = client.get("studies/1.2.3.1/series/1.2.3.1.1/instances").json()
    assert [each["00200013"]["Value"] for each in instances] == [[1], [2], [3]]
    assert all(set(INSTANCE_REQUIRED) <= each.keys() for each in instances)


@pytest.mark.usefixtures("filled")
def test_relational_searches_name_the_levels_above(client: httpx.Client) -> None:
    found = client.get("instances?PatientID=A1&Modality=SR").json()
    assert [each["00080018"]["Value"][0] for each in found] == ["1.2.3.1.2.1"]
    assert found[0]["0020000D"]["Value"] == ["1.2.3.1"]
    assert found[0]["00100010"]["Value"] == [{"Alphabetic": "Ash^Rowan"}]
    assert uids(client.get("series?Modality=CT"), "0020000E") == [
        "1.2.3.1.1",
        "1.2.3.2.1",
        "1.2.3.3.1",
    ]


@pytest.mark.usefixtures("filled")
def test_pages_join_to_the_whole(client: httpx.Client) -> None:
    whole = client.get("instances").json()
    pages = [client.get(f"instances?limit=2&offset={start}").json() for start in (0, 2, 4)]
    assert [each for page in pages for each in page] == whole
    assert client.get("instances?offset=6").status_code == 204


@pytest.mark.usefixtures("filled")
def test_fields_beyond_the_index_are_read_from_the_object(client: httpx.Client) -> None:
    instance = "studies/1.2.3.1/series/1.2.3.1.1/instances"
    assert "00281052" not in client.get(instance).json()[0]
    asked = client.get(f"{instance}?includefield=RescaleIntercept,00281053").json()[0]
    assert asked["00281052"]["Value"] == [0]
    assert asked["00281053"]["Value"] == [1]
    everything = client.get(f"{instance}?includefield=all&limit=1").json()[0]
    assert everything["00280101"]["Value"] == [16]
    assert "7FE00010" not in everything


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "query",
    [
        "limit=-1",
        "limit=x",
        "offset=1.5",
        "StudyDate=yesterday",
        "StudyDate=20261399",
        "StudyDate=20261122-20261121",
        "StudyDate=-",
        "StudyInstanceUID=1.2.x",
        "NoSuchKeyword=1",
        "includefield=NoSuchKeyword",
        "PatientID=A1&PatientID=A2",
        "ReferencedStudySequence=1",
        "fuzzymatching=perhaps",
    ],
)
def test_nonsense_is_refused_with_a_reason(client: httpx.Client, query: str) -> None:
    answer = client.get(f"studies?{query}")
    assert answer.status_code == 400
    assert answer.headers["warning"].startswith("299 http")


@pytest.mark.usefixtures("filled")
def test_fuzzy_matching_is_refused_by_a_warning_and_matched_literally(client: httpx.Client) -> None:
    answer = client.get("studies?PatientName=Ash*&fuzzymatching=true")
    assert uids(answer) == ["1.2.3.1", "1.2.3.2"]
    assert "fuzzymatching" in answer.headers["warning"]


def test_xml_is_not_acceptable(client: httpx.Client) -> None:
    headers = {"Accept": 'multipart/related; type="application/dicom+xml"'}
    assert client.get("studies", headers=headers).status_code == 406


def test_nothing_found_is_204(client: httpx.Client) -> None:
    answers = [client.get(path) for path in ("studies", "series", "instances", "workitems")]
    assert [answer.status_code for answer in answers] == [204] * 4
    assert all(answer.content == b"" for answer in answers)
