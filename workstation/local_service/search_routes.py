"""QIDO-RS: studies, series and instances (PS3.18 10.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from workstation.dicom.part10 import open_object
from workstation.domain.errors import NotDicom
from workstation.local_service import data_sets as ds
from workstation.local_service import http, matching
from workstation.local_service.data_sets import DataSet
from workstation.local_service.matching import Query
from workstation.local_service.objects import (
    INSTANCE_ATTRIBUTES,
    SERIES_ATTRIBUTES,
    STUDY_ATTRIBUTES,
    Instance,
    ObjectStore,
)

_COUNTS = ["ModalitiesInStudy", "NumberOfStudyRelatedSeries", "NumberOfStudyRelatedInstances"]
_STUDY = frozenset(map(ds.tag_of, [*STUDY_ATTRIBUTES, *_COUNTS]))
_SERIES = frozenset(map(ds.tag_of, [*SERIES_ATTRIBUTES, "NumberOfSeriesRelatedInstances"]))
_INSTANCE = frozenset(map(ds.tag_of, INSTANCE_ATTRIBUTES))
#: Required in the answer even where the object has no value (Tables 10.6.3-3 to -5).
_REQUIRED_OF_STUDY = [
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "ReferringPhysicianName",
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyID",
]
_REQUIRED_OF_SERIES = ("Modality", "SeriesNumber")
_REQUIRED_OF_INSTANCE = ("InstanceNumber",)


def _empty(keywords: Iterable[str]) -> DataSet:
    made: DataSet = {}
    for keyword in keywords:
        made |= ds.element(keyword)
    return made


def header_of(objects: ObjectStore, instance: Instance | None) -> DataSet:
    """The whole header of an instance without its binary values."""
    if instance is None:
        return {}
    try:
        return ds.quiet_header(open_object(objects.path(instance)).dataset)
    except NotDicom:
        return {}


def _page(found: Iterator[DataSet], query: Query) -> list[DataSet]:
    return list(islice(found, query.offset, query.offset + query.limit))


def _shown(
    whole: DataSet, own: DataSet, query: Query, required: Iterable[str], url: str
) -> DataSet:
    """What is answered: the own level, what was matched or asked for, and where to retrieve it."""
    made = _empty(required) | own
    if query.everything:
        made |= whole
    for tag in query.tags:
        if tag in whole:
            made[tag] = whole[tag]
    made |= ds.data_set(RetrieveURL=url, InstanceAvailability="ONLINE")
    return dict(sorted(made.items()))


def _with_header(
    indexed: DataSet, query: Query, known: frozenset[str], header: Callable[[], DataSet]
) -> DataSet:
    """The index, and behind it the file where the query reaches beyond the index."""
    beyond = query.everything or not query.tags <= known
    return header() | indexed if beyond else indexed


def _studies(objects: ObjectStore, query: Query, base: str) -> Iterator[DataSet]:
    for study in objects.studies():
        uid = ds.text(study, "StudyInstanceUID")

        def header(uid: str = uid) -> DataSet:
            return header_of(objects, next(iter(objects.instances(uid)), None))

        whole = study if query.everything else _with_header(study, query, _STUDY, header)
        if query.matches(whole):
            yield _shown(whole, study, query, _REQUIRED_OF_STUDY, f"{base}/studies/{uid}")


def _series(objects: ObjectStore, query: Query, base: str, study_uid: str) -> Iterator[DataSet]:
    studies = {ds.text(each, "StudyInstanceUID"): each for each in objects.studies(study_uid)}
    for study, series in objects.series(study_uid):
        uid = ds.text(series, "SeriesInstanceUID")

        def header(study: str = study, uid: str = uid) -> DataSet:
            return header_of(objects, next(iter(objects.instances(study, uid)), None))

        indexed = studies[study] | series
        beyond = query if not query.everything else Query(query.keys, query.include)
        whole = _with_header(indexed, beyond, _STUDY | _SERIES, header)
        if query.matches(whole):
            own = series | ds.data_set(StudyInstanceUID=study)
            if not study_uid:
                own |= studies[study]
            url = f"{base}/studies/{study}/series/{uid}"
            yield _shown(whole, own, query, _REQUIRED_OF_SERIES, url)


def _instances(
    objects: ObjectStore, query: Query, base: str, study_uid: str, series_uid: str
) -> Iterator[DataSet]:
    studies = {ds.text(each, "StudyInstanceUID"): each for each in objects.studies(study_uid)}
    series = {
        (study, ds.text(each, "SeriesInstanceUID")): each
        for study, each in objects.series(study_uid)
    }
    for instance in objects.instances(study_uid, series_uid):
        above = series[instance.study_uid, instance.series_uid]
        indexed = studies[instance.study_uid] | above | instance.attributes

        def header(instance: Instance = instance) -> DataSet:
            return header_of(objects, instance)

        whole = _with_header(indexed, query, _STUDY | _SERIES | _INSTANCE, header)
        if not query.matches(whole):
            continue
        own = instance.attributes | ds.data_set(
            StudyInstanceUID=instance.study_uid,
            SeriesInstanceUID=instance.series_uid,
            AvailableTransferSyntaxUID=instance.syntax_uid,
        )
        if not series_uid:
            own = above | own
        if not study_uid:
            own = studies[instance.study_uid] | own
        url = (
            f"{base}/studies/{instance.study_uid}/series/{instance.series_uid}"
            f"/instances/{instance.uid}"
        )
        yield _shown(whole, own, query, _REQUIRED_OF_INSTANCE, url)


def _answer(request: Request, query: Query, found: Iterator[DataSet]) -> Response:
    page: list[Any] = _page(found, query)
    return http.data_sets_answer(request, page, query.warnings)


def _query(request: Request) -> Query:
    http.require_json(request)
    return matching.parse(request.query_params.multi_items())


def studies(request: Request) -> Response:
    """GET /studies."""
    query = _query(request)
    found = _studies(http.store_of(request).objects, query, http.base_url(request))
    return _answer(request, query, found)


def series(request: Request) -> Response:
    """GET /series and /studies/{study}/series."""
    query = _query(request)
    named = "study" in request.path_params
    study = http.uid_in(request, "study", "study") if named else ""
    found = _series(http.store_of(request).objects, query, http.base_url(request), study)
    return _answer(request, query, found)


def instances(request: Request) -> Response:
    """GET /instances, below a study, or below a series."""
    query = _query(request)
    study, one = (
        http.uid_in(request, name, name) if name in request.path_params else ""
        for name in ("study", "series")
    )
    found = _instances(http.store_of(request).objects, query, http.base_url(request), study, one)
    return _answer(request, query, found)
