"""What all routes share: answers, warnings, addresses, bounded bodies."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from workstation.domain.identity import is_uid
from workstation.local_service.answers import Refusal, bad_request, not_found
from workstation.local_service.data_sets import DataSet, is_data_set
from workstation.local_service.objects import json_bytes
from workstation.local_service.store import ServiceStore

PREFIX = "/dicom-web"
DICOM_JSON = "application/dicom+json"
MAXIMUM_DOCUMENT = 4 << 20


def store_of(request: Request) -> ServiceStore:
    """The store that the application was built with."""
    store = request.app.state.store
    assert isinstance(store, ServiceStore)
    return store


def base_url(request: Request) -> str:
    """`http://127.0.0.1:PORT/dicom-web`, under the name the client used."""
    return f"{request.url.scheme}://{request.url.netloc}{PREFIX}"


def uid_in(request: Request, name: str, what: str) -> str:
    """A UID of the path; 404 where it can be none, since nothing has such a name."""
    uid = str(request.path_params[name])
    if not is_uid(uid):
        raise not_found(what)
    return uid


def warning(request: Request, sentence: str) -> str:
    """A Warning header as PS3.18 writes it."""
    return f"299 {base_url(request)}: {sentence}"


def refused(request: Request, refusal: Refusal) -> Response:
    """The refusal with its reason in the Warning header and as a small status report."""
    return Response(
        json_bytes({"status": refusal.status, "code": refusal.code, "reason": refusal.happened}),
        status_code=refusal.status,
        media_type="application/json",
        headers={"Warning": warning(request, refusal.happened)},
    )


def data_sets_answer(request: Request, found: list[Any], warnings: Iterable[str] = ()) -> Response:
    """Results of a search: 200 and an array, or 204 (PS3.18 8.3.4, 10.6.3)."""
    headers = {"Warning": ", ".join(warning(request, each) for each in warnings)}
    if not headers["Warning"]:
        headers = {}
    if not found:
        return Response(status_code=204, headers=headers)
    return Response(json_bytes(found), media_type=DICOM_JSON, headers=headers)


def accepts(request: Request, *offered: str) -> bool:
    """Whether one of some media types may be answered; without Accept, anything may."""
    asked = request.query_params.get("accept") or request.headers.get("accept", "*/*")
    for entry in asked.split(","):
        parts = [part.strip().lower() for part in entry.split(";")]
        if any(part.replace(" ", "") in ("q=0", "q=0.0", "q=0.00") for part in parts[1:]):
            continue
        kind = parts[0]
        for offer in offered:
            if kind in ("*/*", offer) or kind == offer.split("/")[0] + "/*":
                return True
    return False


def require_json(request: Request) -> None:
    """406 unless DICOM JSON may be answered: XML is not spoken here."""
    if not accepts(request, DICOM_JSON, "application/json"):
        raise Refusal(406, "Answers are given as application/dicom+json.")


async def document(request: Request) -> DataSet:
    """The one data set of the body, bare or in an array of one; Refusal 400, 413 or 415."""
    kind = request.headers.get("content-type", DICOM_JSON).split(";")[0].strip().lower()
    if kind not in (DICOM_JSON, "application/json"):
        raise Refusal(415, "Data sets are taken as application/dicom+json.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAXIMUM_DOCUMENT:
            raise Refusal(413, "The data set is too large.")
    if not body.strip():
        return {}
    try:
        held = json.loads(bytes(body))
    except (ValueError, RecursionError) as error:
        raise bad_request("The body is no JSON document.") from error
    if isinstance(held, list):
        if len(held) != 1:
            raise bad_request("The body holds one data set.")
        held = held[0]
    if not is_data_set(held):
        raise bad_request("The body is no data set of the DICOM JSON Model.")
    return {tag.upper(): entry for tag, entry in held.items()}
