"""UPS-RS: the worklist over HTTP (PS3.18 chapter 11), with the spellings of other servers."""

from __future__ import annotations

import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from workstation.domain.identity import is_uid
from workstation.local_service import data_sets as ds
from workstation.local_service import http, matching, procedure_step
from workstation.local_service.answers import Refusal, bad_request
from workstation.local_service.data_sets import DataSet
from workstation.local_service.objects import json_bytes
from workstation.local_service.subscriptions import FILTERED, GLOBAL

_WORKITEM = frozenset({"workitem", "affectedsopinstanceuid"})
_TRANSACTION = frozenset({"transaction", "transactionuid", "transaction-uid", "transaction_uid"})
_AET = re.compile(r"[\x20-\x5b\x5d-\x7e]{1,16}")
_ALREADY = {
    "B304": "The UPS is already in the requested state of CANCELED.",
    "B306": "The UPS is already in the requested state of COMPLETED.",
}


def _queried(request: Request, names: frozenset[str]) -> str:
    """The UID of the query by one of some names, or written bare as PS3.18 prints it: `?1.2.3`."""
    found = {
        value or name
        for name, value in request.query_params.multi_items()
        if name.lower() in names or (not value and is_uid(name))
    }
    if len(found) > 1:
        raise bad_request("The query names two UIDs.")
    uid = next(iter(found), "")
    if uid and not is_uid(uid):
        raise bad_request("The UID of the query is none.")
    return uid


def _already(request: Request, code: str) -> dict[str, str]:
    return {"Warning": http.warning(request, _ALREADY[code])} if code else {}


async def create(request: Request) -> Response:
    """POST /workitems?{uid}: 201 with the address of the new work item."""
    asked = await http.document(request)
    if not asked:
        raise bad_request("The body holds no data set.")
    uid = _queried(request, _WORKITEM)
    made = await run_in_threadpool(http.store_of(request).workitems.create, asked, uid)
    address = f"{http.base_url(request)}/workitems/{made.uid}"
    headers = {"Location": address, "Content-Location": address}
    if made.modified:
        headers["Warning"] = http.warning(request, "The UPS was created with modifications.")
    return Response(status_code=201, headers=headers)


def search(request: Request) -> Response:
    """GET /workitems."""
    http.require_json(request)
    query = matching.parse(request.query_params.multi_items())
    found = http.store_of(request).workitems.search(query)
    return http.data_sets_answer(request, found, query.warnings)


def retrieve(request: Request) -> Response:
    """GET /workitems/{uid}; an array of one (PS3.18 F.2)."""
    http.require_json(request)
    held = http.store_of(request).workitems.get(http.uid_in(request, "workitem", "work item"))
    return Response(
        json_bytes([held]), media_type=http.DICOM_JSON, headers={"Cache-Control": "no-cache"}
    )


async def update(request: Request) -> Response:
    """POST /workitems/{uid}?{transaction}."""
    uid = http.uid_in(request, "workitem", "work item")
    changes = await http.document(request)
    queried, within = _queried(request, _TRANSACTION), ds.text(changes, "TransactionUID")
    if queried and within and queried != within:
        raise bad_request("The query and the data set name two transactions.")
    if within and not is_uid(within):
        raise bad_request("The Transaction UID is no UID.")
    workitems = http.store_of(request).workitems
    await run_in_threadpool(workitems.update, uid, changes, queried or within)
    return Response(
        status_code=200,
        headers={"Content-Location": f"{http.base_url(request)}/workitems/{uid}"},
    )


async def change_state(request: Request) -> Response:
    """PUT /workitems/{uid}/state, with or without the requester behind it."""
    uid = http.uid_in(request, "workitem", "work item")
    asked = await http.document(request)
    then, transaction_uid = procedure_step.requested_state(asked)
    workitems = http.store_of(request).workitems
    code = await run_in_threadpool(workitems.change_state, uid, then, transaction_uid)
    return Response(
        status_code=200,
        headers=_already(request, code)
        | {"Content-Location": f"{http.base_url(request)}/workitems/{uid}"},
    )


async def request_cancel(request: Request) -> Response:
    """POST /workitems/{uid}/cancelrequest: accepted, which is no promise."""
    uid = http.uid_in(request, "workitem", "work item")
    asked: DataSet = await http.document(request)
    requester = str(request.path_params.get("requester", ""))
    workitems = http.store_of(request).workitems
    code = await run_in_threadpool(workitems.request_cancel, uid, asked, requester)
    return Response(status_code=202, headers=_already(request, code))


def _subscription(request: Request) -> tuple[str, str]:
    aet = str(request.path_params["aet"]).strip()
    if not _AET.fullmatch(aet):
        raise bad_request("The subscriber is no application entity title.")
    return http.uid_in(request, "workitem", "work item"), aet


def subscribe(request: Request) -> Response:
    """POST /workitems/{uid}/subscribers/{aet}; the event channel is in Content-Location."""
    scope, aet = _subscription(request)
    parameters = request.query_params.multi_items()
    lock = request.query_params.get("deletionlock", "false").lower()
    if lock not in ("true", "false"):
        raise bad_request("deletionlock is true or false.")
    query = None
    if scope == FILTERED:
        query = matching.parse(
            [*_filter(parameters), *_rest(parameters)], ignored=("deletionlock", "filter")
        )
        if not query.keys:
            raise bad_request("A filtered subscription names what it filters.")
    http.store_of(request).workitems.subscribe(
        aet, scope, deletion_lock=lock == "true", query=query
    )
    return Response(status_code=201, headers={"Content-Location": _channel(request, aet)})


def _filter(parameters: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """`filter=A=1,B=2` as PS3.18 11.10.1.2.2 writes it."""
    found = []
    for name, value in parameters:
        if name.lower() == "filter":
            for pair in value.split(","):
                key, equals, wanted = pair.partition("=")
                if not equals:
                    raise bad_request("A filter is written attribute=value.")
                found.append((key, wanted))
    return found


def _rest(parameters: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [each for each in parameters if each[0].lower() != "filter"]


def _channel(request: Request, aet: str) -> str:
    scheme = "wss" if request.url.scheme == "https" else "ws"
    written = aet.replace("%", "%25").replace(" ", "%20").replace("/", "%2F").replace("?", "%3F")
    return f"{scheme}://{request.url.netloc}{http.PREFIX}/ws/subscribers/{written}"


def unsubscribe(request: Request) -> Response:
    """DELETE /workitems/{uid}/subscribers/{aet}."""
    scope, aet = _subscription(request)
    http.store_of(request).workitems.unsubscribe(aet, scope)
    return Response(status_code=200)


def suspend(request: Request) -> Response:
    """POST /workitems/{global or filtered}/subscribers/{aet}/suspend."""
    scope, aet = _subscription(request)
    if scope not in (GLOBAL, FILTERED):
        raise Refusal(404, "Only a global or filtered subscription is suspended.")
    http.store_of(request).workitems.suspend(aet, scope)
    return Response(status_code=200)
