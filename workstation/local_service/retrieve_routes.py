"""WADO-RS: instances, frames, metadata, bulk data and pictures, as stored (PS3.18 10.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from workstation.dicom.part10 import open_object
from workstation.domain.errors import ReaderError
from workstation.local_service import data_sets as ds
from workstation.local_service import http, negotiation, pictures
from workstation.local_service.answers import Refusal, bad_request, not_found
from workstation.local_service.bulk import BulkValue, frame_parts, value_at
from workstation.local_service.multipart import Outgoing, Related, related
from workstation.local_service.objects import CHUNK, Instance, ObjectStore, json_bytes


def _named(request: Request) -> list[Instance]:
    """The instances of the address; 404 where there are none."""
    study, series, uid = (
        http.uid_in(request, name, name) if name in request.path_params else ""
        for name in ("study", "series", "instance")
    )
    found = http.store_of(request).objects.instances(study, series, uid)
    if not found:
        raise not_found("instance" if uid else "series" if series else "study")
    return found


def _pieces(open_file: Callable[[], BinaryIO]) -> Iterator[bytes]:
    with open_file() as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _outgoing(objects: ObjectStore, instance: Instance) -> Outgoing:
    return Outgoing(
        f"application/dicom; transfer-syntax={instance.syntax_uid}",
        instance.size,
        lambda: _pieces(lambda: objects.open(instance)),
    )


def _streamed(made: Related, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return StreamingResponse(
        made.chunks,
        status_code=status,
        media_type=made.content_type,
        headers={"Content-Length": str(made.length)} | (headers or {}),
    )


def retrieve(request: Request) -> Response:
    """A study, a series or an instance in the syntax that each instance is stored in."""
    found = _named(request)
    objects = http.store_of(request).objects
    wanted = negotiation.of(request)
    chosen = [each for each in found if wanted.takes("application/dicom", each.syntax_uid)]
    if chosen:
        headers = {}
        if len(chosen) < len(found):
            headers = {"Warning": http.warning(request, "Some instances are stored otherwise.")}
        made = related([_outgoing(objects, each) for each in chosen], "application/dicom")
        return _streamed(made, 206 if headers else 200, headers)
    if len(found) == 1 and wanted.takes("application/dicom", found[0].syntax_uid, single=True):
        part = _outgoing(objects, found[0])
        return StreamingResponse(
            part.chunks(),
            media_type=part.media_type,
            headers={"Content-Length": str(part.length)},
        )
    raise Refusal(406, "The objects are stored in other transfer syntaxes than those accepted.")


def _bulk_uri(base: str, instance: Instance) -> Callable[[str], str]:
    address = (
        f"{base}/studies/{instance.study_uid}/series/{instance.series_uid}"
        f"/instances/{instance.uid}/bulkdata"
    )
    return lambda path: f"{address}/{path}"


def metadata(request: Request) -> Response:
    """Headers as DICOM JSON, streamed; binary values as addresses."""
    http.require_json(request)
    found, base = _named(request), http.base_url(request)
    objects = http.store_of(request).objects

    def one(instance: Instance) -> bytes:
        uri = _bulk_uri(base, instance)
        held: ds.DataSet = dict(instance.attributes)
        try:
            part = open_object(objects.path(instance))
        except ReaderError:
            return json_bytes(held)
        held = ds.quiet_header(part.dataset, uri) | held
        if part.pixels is not None:
            tag = ds.tag_of(part.pixels.keyword)
            held[tag] = {"vr": part.pixels.vr or "OW", "BulkDataURI": uri(tag)}
        held |= ds.data_set(AvailableTransferSyntaxUID=instance.syntax_uid)
        return json_bytes(dict(sorted(held.items())))

    def chunks() -> Iterator[bytes]:
        for index, instance in enumerate(found):
            yield (b"," if index else b"[") + one(instance)
        yield b"]"

    return StreamingResponse(chunks(), media_type=http.DICOM_JSON)


def _one(request: Request) -> tuple[Instance, Path]:
    instance = _named(request)[0]
    return instance, http.store_of(request).objects.path(instance)


def _numbers(request: Request) -> list[int]:
    written = str(request.path_params["frames"]).split(",")
    if not all(each.isascii() and each.isdecimal() and len(each) < 8 for each in written):
        raise bad_request("Frames are numbers with commas between them.")
    numbers = [int(each) for each in written]
    if 0 in numbers:
        raise bad_request("Frames count from 1.")
    return numbers


def frames(request: Request) -> Response:
    """Frames in their stored encoding, one part each."""
    instance, path = _one(request)
    return _values(request, instance, frame_parts(path, _numbers(request)))


def bulk_data(request: Request) -> Response:
    """One binary value by its path of tags and item numbers."""
    instance, path = _one(request)
    return _values(request, instance, value_at(path, str(request.path_params["path"])))


def _values(request: Request, instance: Instance, found: list[BulkValue]) -> Response:
    wanted = negotiation.of(request)
    kind, syntax = found[0].media_type, found[0].syntax_uid
    parts = [
        Outgoing(
            each.media_type + (f"; transfer-syntax={each.syntax_uid}" if each.syntax_uid else ""),
            each.length,
            each.chunks,
        )
        for each in found
    ]
    if wanted.takes(kind, syntax):
        return _streamed(related(parts, kind))
    if len(parts) == 1 and wanted.takes(kind, syntax, single=True):
        return StreamingResponse(
            parts[0].chunks(),
            media_type=parts[0].media_type,
            headers={"Content-Length": str(parts[0].length)},
        )
    raise Refusal(406, f"The value is stored as {kind}, which is not accepted.")


def rendered(request: Request) -> Response:
    """The picture that a viewer would open with, or under the window that is asked for."""
    return pictures.answer(request, _named(request), thumbnail=False)


def thumbnail(request: Request) -> Response:
    """A small picture; of a study or series its middle image."""
    return pictures.answer(request, _named(request), thumbnail=True)
