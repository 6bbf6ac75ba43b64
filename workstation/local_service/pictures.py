"""Rendered instances and thumbnails (PS3.18 8.3.5, 10.4.1.1.3 and 10.4.1.1.4)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from workstation.domain.image import VoiFunction, Window
from workstation.local_service import http, rendering
from workstation.local_service.answers import Refusal, bad_request
from workstation.local_service.objects import Instance
from workstation.local_service.rendering import Renderer

THUMBNAIL = 128
MAXIMUM_SIDE = 8192
_FUNCTIONS = {
    "linear": VoiFunction.LINEAR,
    "linear-exact": VoiFunction.LINEAR_EXACT,
    "sigmoid": VoiFunction.SIGMOID,
}


def _window(request: Request) -> Window | None:
    written = request.query_params.get("window", "")
    if not written:
        return None
    parts = [part.strip() for part in written.split(",")]
    try:
        center, width = float(parts[0]), float(parts[1])
        function = _FUNCTIONS[parts[2].lower()] if len(parts) > 2 else VoiFunction.LINEAR
        return Window(center, width, function)
    except (ValueError, IndexError, KeyError) as error:
        raise bad_request("window is center,width,function.") from error


def _viewport(request: Request) -> tuple[int, int] | None:
    written = request.query_params.get("viewport", "")
    if not written:
        return None
    parts = written.split(",")
    try:
        width, height = float(parts[0]), float(parts[1])
    except (ValueError, IndexError) as error:
        raise bad_request("viewport is width,height.") from error
    sides = (width, height)
    if not all(math.isfinite(side) and 1 <= side <= MAXIMUM_SIDE for side in sides):
        raise bad_request(f"A viewport is 1 to {MAXIMUM_SIDE} pixels wide and high.")
    if len(parts) > 2:
        raise bad_request("Only whole images are rendered: viewport is width,height.")
    return round(width), round(height)


def _quality(request: Request) -> int:
    written = request.query_params.get("quality", "90")
    if not written.isdecimal() or not 1 <= int(written) <= 100:
        raise bad_request("quality is 1 to 100.")
    return int(written)


def _media_type(request: Request) -> str:
    for offered in ("image/jpeg", "image/png"):
        if http.accepts(request, offered):
            return offered
    raise Refusal(406, "Pictures are given as image/jpeg or image/png.")


def _chosen(request: Request, found: Sequence[Instance], thumbnail: bool) -> tuple[Instance, int]:
    """The instance and frame that stand for what was asked: the middle one of several."""
    written = str(request.path_params.get("frames", ""))
    if written:
        if not written.isdecimal() or not 0 < int(written) < 10**7:
            raise bad_request("One frame is rendered; frames count from 1.")
        return found[0], int(written)
    if len(found) > 1 and not thumbnail:
        raise Refusal(406, "A study or series is rendered instance by instance.")
    images = [each for each in found if "00280010" in each.attributes] or list(found)
    return images[len(images) // 2], 1


def answer(request: Request, found: Sequence[Instance], *, thumbnail: bool) -> Response:
    """The picture; Refusal 400, 404 or 406."""
    media_type, quality = _media_type(request), _quality(request)
    window, viewport = _window(request), _viewport(request)
    instance, number = _chosen(request, found, thumbnail)
    renderer = request.app.state.renderer
    assert isinstance(renderer, Renderer)
    path = http.store_of(request).objects.path(instance)
    made = renderer.picture(path, number, window)
    if thumbnail and viewport is None:
        viewport = (THUMBNAIL, THUMBNAIL)
    if viewport is not None:
        made = rendering.fitted(made, *viewport)
    return Response(rendering.encoded(made, media_type, quality), media_type=media_type)
