"""The service as one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from workstation.local_service import http, retrieve_routes, search_routes, store_routes
from workstation.local_service import workitem_routes as ups
from workstation.local_service.answers import Refusal
from workstation.local_service.auth import Auth, Gate
from workstation.local_service.channel import Channel
from workstation.local_service.rendering import Renderer
from workstation.local_service.store import ServiceStore

_STUDY = "/studies/{study}"
_SERIES = "/studies/{study}/series/{series}"
_INSTANCE = "/studies/{study}/series/{series}/instances/{instance}"
_WORKITEM = "/workitems/{workitem}"


def _route(method: str, path: str, endpoint: Callable[..., object]) -> Route:
    return Route(f"{http.PREFIX}{path}", endpoint, methods=[method])


def _images() -> list[BaseRoute]:
    found: list[BaseRoute] = [
        _route("GET", "/studies", search_routes.studies),
        _route("POST", "/studies", store_routes.store),
        _route("POST", _STUDY, store_routes.store),
        _route("GET", "/series", search_routes.series),
        _route("GET", f"{_STUDY}/series", search_routes.series),
        _route("GET", "/instances", search_routes.instances),
        _route("GET", f"{_STUDY}/instances", search_routes.instances),
        _route("GET", f"{_SERIES}/instances", search_routes.instances),
        _route("GET", f"{_INSTANCE}/frames/{{frames}}", retrieve_routes.frames),
        _route("GET", f"{_INSTANCE}/bulkdata/{{path}}", retrieve_routes.bulk_data),
        _route("GET", f"{_INSTANCE}/frames/{{frames}}/rendered", retrieve_routes.rendered),
        _route("GET", f"{_INSTANCE}/frames/{{frames}}/thumbnail", retrieve_routes.thumbnail),
    ]
    for path in (_STUDY, _SERIES, _INSTANCE):
        found += [
            _route("GET", path, retrieve_routes.retrieve),
            _route("GET", f"{path}/metadata", retrieve_routes.metadata),
            _route("GET", f"{path}/rendered", retrieve_routes.rendered),
            _route("GET", f"{path}/thumbnail", retrieve_routes.thumbnail),
        ]
    return found


def _worklist(channel: Channel) -> list[BaseRoute]:
    subscriber = f"{_WORKITEM}/subscribers/{{aet}}"
    return [
        _route("POST", "/workitems", ups.create),
        _route("GET", "/workitems", ups.search),
        _route("GET", _WORKITEM, ups.retrieve),
        _route("POST", _WORKITEM, ups.update),
        _route("PUT", f"{_WORKITEM}/state", ups.change_state),
        _route("PUT", f"{_WORKITEM}/state/{{requester}}", ups.change_state),
        _route("POST", f"{_WORKITEM}/cancelrequest", ups.request_cancel),
        _route("POST", f"{_WORKITEM}/cancelrequest/{{requester}}", ups.request_cancel),
        _route("POST", subscriber, ups.subscribe),
        _route("DELETE", subscriber, ups.unsubscribe),
        _route("POST", f"{subscriber}/suspend", ups.suspend),
        WebSocketRoute(f"{http.PREFIX}/ws/subscribers/{{aet}}", channel.serve),
        WebSocketRoute(f"{http.PREFIX}/subscribers/{{aet}}", channel.serve),
    ]


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return http.refused(request, error)


def build(store: ServiceStore, auth: Auth) -> Starlette:
    """DICOMweb and UPS-RS below `/dicom-web`. The store stays the caller's to close."""
    channel = Channel(store.workitems)
    renderer = Renderer()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        channel.start()
        try:
            yield
        finally:
            await channel.stop()
            renderer.close()

    application = Starlette(
        routes=[*_images(), *_worklist(channel)],
        middleware=[Middleware(Gate, auth=auth)],
        exception_handlers={Refusal: _refused},
        lifespan=lifespan,
    )
    application.state.store = store
    application.state.channel = channel
    application.state.renderer = renderer
    return application
