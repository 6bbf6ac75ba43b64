"""STOW-RS: each instance is decided for itself (PS3.18 10.5)."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from workstation.local_service import data_sets as ds
from workstation.local_service import http
from workstation.local_service.answers import Refusal, bad_request
from workstation.local_service.data_sets import DataSet
from workstation.local_service.multipart import Arrived, PartReader, parameters
from workstation.local_service.objects import Failure, ObjectStore, StoreRefused, json_bytes

MAXIMUM_INSTANCE = 4 << 30
_DICOM = "application/dicom"


@dataclass(slots=True)
class _Outcome:
    """What was stored and what was not."""

    base: str
    stored: list[DataSet] = field(default_factory=list)
    failed: list[DataSet] = field(default_factory=list)
    nameless: list[DataSet] = field(default_factory=list)
    study_uid: str = ""

    def take(self, objects: ObjectStore, part: Arrived, study_uid: str) -> None:
        """Store one part, or note why not."""
        kind = part.media_type.split(";")[0].strip().lower()
        if not part.whole or kind not in (_DICOM, "", "application/octet-stream"):
            part.path.unlink(missing_ok=True)
            self.nameless.append(ds.data_set(FailureReason=int(Failure.CANNOT_UNDERSTAND)))
            return
        try:
            held = objects.take_in(part.path, study_uid=study_uid)
        except StoreRefused as error:
            reason = ds.data_set(FailureReason=int(error.failure))
            if not error.uid:
                self.nameless.append(reason)
                return
            self.failed.append(_reference(error.class_uid, error.uid) | reason)
            return
        self.study_uid = self.study_uid or held.study_uid
        url = f"{self.base}/studies/{held.study_uid}/series/{held.series_uid}/instances/{held.uid}"
        self.stored.append(_reference(held.class_uid, held.uid) | ds.data_set(RetrieveURL=url))

    def answer(self) -> Response:
        """200 all, 202 some, 409 none (Table 10.5.3-1)."""
        bad = bool(self.failed or self.nameless)
        status = 409 if not self.stored else 202 if bad else 200
        made: DataSet = {}
        if self.study_uid:
            made |= ds.data_set(RetrieveURL=f"{self.base}/studies/{self.study_uid}")
        if self.failed:
            made |= ds.data_set(FailedSOPSequence=self.failed)
        if self.stored:
            made |= ds.data_set(ReferencedSOPSequence=self.stored)
        if self.nameless:
            made |= ds.data_set(OtherFailuresSequence=self.nameless)
        return Response(
            json_bytes(dict(sorted(made.items()))), status_code=status, media_type=http.DICOM_JSON
        )


def _reference(class_uid: str, uid: str) -> DataSet:
    return ds.data_set(ReferencedSOPClassUID=class_uid or None, ReferencedSOPInstanceUID=uid)


async def store(request: Request) -> Response:
    """POST /studies and /studies/{study}."""
    http.require_json(request)
    named = "study" in request.path_params
    study_uid = http.uid_in(request, "study", "study") if named else ""
    objects = http.store_of(request).objects
    kind, given = parameters(request.headers.get("content-type", ""))
    if kind == _DICOM:
        receive: Callable[[], Path] = objects.incoming
        outcome = _Outcome(http.base_url(request))
        await _single(request, outcome, objects, receive(), study_uid)
        return outcome.answer()
    root = given.get("type", _DICOM).lower()
    if kind != "multipart/related" or root != _DICOM:
        raise Refusal(415, 'Objects are taken as multipart/related; type="application/dicom".')
    outcome = _Outcome(http.base_url(request))
    reader = PartReader(given.get("boundary", ""), objects.incoming, MAXIMUM_INSTANCE)
    try:
        async for chunk in request.stream():
            for part in reader.feed(chunk):
                await run_in_threadpool(outcome.take, objects, part, study_uid)
        for part in reader.finish():
            await run_in_threadpool(outcome.take, objects, part, study_uid)
    except ClientDisconnect:
        return Response(status_code=400)
    except OSError as error:
        raise _no_room(error) from error
    finally:
        reader.abandon()
    if not (outcome.stored or outcome.failed or outcome.nameless):
        raise bad_request("The body holds no object.")
    return outcome.answer()


async def _single(
    request: Request, outcome: _Outcome, objects: ObjectStore, path: Path, study_uid: str
) -> None:
    """One object as the whole body."""
    size = 0
    try:
        with path.open("wb") as file:
            async for chunk in request.stream():
                size += len(chunk)
                if size > MAXIMUM_INSTANCE:
                    raise Refusal(413, "The object is too large.")
                file.write(chunk)
        if not size:
            raise bad_request("The body holds no object.")
        await run_in_threadpool(outcome.take, objects, Arrived(path, _DICOM, True), study_uid)
    except OSError as error:
        raise _no_room(error) from error
    finally:
        path.unlink(missing_ok=True)


def _no_room(error: OSError) -> Refusal:
    if error.errno == errno.ENOSPC:
        return Refusal(507, "The disk of the service is full.")
    return Refusal(500, "The service could not write the object.")
