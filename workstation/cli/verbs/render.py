"""`nocturne render PATH --out F`: the picture that the viewer shows, or the array behind it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workstation.cli.arguments import Numbers, add_suv, positive
from workstation.domain.errors import ReaderError
from workstation.domain.image import FrameDescription, Voi, Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workstation.cli.images import Images
    from workstation.cli.over import Over

HELP = "write the picture that the viewer shows, or its values, without annotation"

STAGES = ("stored", "modality", "display")


def _voi(text: str) -> str | int | Window:
    if text == "auto":
        return text
    if "," not in text:
        try:
            return positive(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError("auto, an index, or C,W") from error
    center, width = Numbers(2)(text)
    try:
        return Window.of_reader(center, width)
    except ValueError as error:
        raise argparse.ArgumentTypeError("a window is wider than 0") from error


def _opacity(text: str) -> float:
    (share,) = Numbers(1)(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError("an opacity lies between 0 and 1")
    return share


def _out(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in (".png", ".npy"):
        raise argparse.ArgumentTypeError("a picture is F.png, an array F.npy")
    return path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """PATH, the frame, the view and the file to write."""
    parser.add_argument("path", type=Path, metavar="PATH", help="a DICOM file, or a series' folder")
    parser.add_argument("--frame", type=positive, help="counts from 1")
    parser.add_argument("--voi", type=_voi, metavar="auto, INDEX or C,W", help="the window")
    parser.add_argument("--presentation-state", type=Path, metavar="FILE")
    add_suv(parser)
    parser.add_argument("--stage", choices=STAGES, help="what F.npy holds; modality if not given")
    parser.add_argument("--overlays", action="store_true", help="draw overlay planes")
    parser.add_argument(
        "--layer",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="draw a segmentation, structures, dose or measurements over it; may be repeated",
    )
    parser.add_argument(
        "--over",
        type=Path,
        metavar="DIR",
        help="lay a series over it, such as PET over CT; what a blending state names is also"
        " found beside the image and the state",
    )
    parser.add_argument(
        "--opacity", type=_opacity, metavar="S", help="of what --over lays there, 0 to 1; 0.5"
    )
    parser.add_argument(
        "--registration",
        type=Path,
        metavar="FILE",
        help="that the blending state names, where it does not lie beside the image or the state",
    )
    parser.add_argument("--filled", action="store_true", help="fill what --layer draws")
    parser.add_argument("--out", type=_out, required=True, metavar="F")


def chosen_voi(
    asked: str | int | Window | None, description: FrameDescription, values: Any, mask: Any
) -> Voi | None:
    """The view that was asked for; None is the one the viewer opens with."""
    from workstation.imaging.voi import auto_window

    if asked is None or isinstance(asked, Window):
        return asked
    if asked == "auto":
        return auto_window(values(), mask())
    assert isinstance(asked, int)
    if asked > len(description.voi):
        raise ReaderError(
            f"There is no view {asked}: the image has {len(description.voi)}.",
            remedy="Give a window as C,W, or auto.",
        )
    return description.voi[asked - 1]


class _Stage:
    """One frame after another at the stage that was asked for."""

    def __init__(self, held: Images, arguments: argparse.Namespace) -> None:
        from workstation.cli import images

        self._held = held
        self._asked = arguments.voi
        self._scale = images.suv_of(held, arguments.suv)
        self._scaled = held.scaled(self._scale)
        self._state: Path | None = arguments.presentation_state
        self._overlays: bool = arguments.overlays
        self._layers: list[Path] = arguments.layer
        self._filled: bool = arguments.filled
        self._opacity: float | None = arguments.opacity
        self._registration: Path | None = arguments.registration
        self._path: Path = arguments.path
        self._over: Over | None = None
        if arguments.over is not None:
            from workstation.cli.over import Over
            from workstation.dicom.folder import scan

            self._over = Over(arguments.path, scan(arguments.over)[0])
        elif self._opacity is not None:
            raise ReaderError("An opacity is that of what lies over.", remedy="Name it: --over.")
        if self._registration is not None and self._state is None:
            raise ReaderError(
                "A registration is that of a blending state.",
                remedy="Name the state with --presentation-state.",
            )
        if self._state is not None and (self._scale is not None or self._asked is not None):
            raise ReaderError(
                "A presentation state has its own values and window.",
                remedy="Leave out --voi and --suv.",
            )

    @property
    def unit(self) -> str:
        return self._scaled.frames[0].modality_transform.unit

    @property
    def suv(self) -> str | None:
        return None if self._scale is None else self._scale.kind.value

    def frame(self, index: int, stage: str) -> NDArray[Any]:
        from workstation.imaging.modality import modality_values

        if self._over is not None and stage != "display":
            raise ReaderError("What lies over is seen at the display stage alone.")
        stored = self._held.as_seen(index) if stage == "display" else self._held.stored(index)
        if stage == "stored":
            return stored
        original, scaled = self._held.frames[index], self._scaled.frames[index]
        if stage == "modality":
            return modality_values(stored, scaled) if stored.ndim == 2 else stored
        picture = self._layered(self._picture(index, stored), original)
        if not self._overlays:
            return picture
        from workstation.dicom.overlays import overlay_mask

        key = original.key
        path = self._held.paths[key.sop_instance_uid]
        mask = overlay_mask(path, key.frame_number, *stored.shape[:2])
        if mask is not None:
            picture[mask] = 255
        return picture

    def _layered(self, picture: NDArray[Any], frame: FrameDescription) -> NDArray[Any]:
        if not self._layers:
            return picture
        from workstation.cli import layers

        return layers.draw(picture, frame, self._layers, filled=self._filled)

    def _picture(self, index: int, stored: NDArray[Any]) -> NDArray[Any]:
        from workstation.imaging.modality import modality_values, padding_mask
        from workstation.imaging.picture import is_grey, render
        from workstation.workflow.presets import opening

        original, scaled = self._held.frames[index], self._scaled.frames[index]
        if self._state is not None:
            return self._by_state(index, stored)
        if not is_grey(original):
            if self._over is not None:
                raise ReaderError("Nothing is laid over a colour image.")
            return shuttered(render(stored, original), original)
        voi = chosen_voi(
            self._asked,
            scaled,
            lambda: modality_values(stored, scaled),
            lambda: padding_mask(stored, scaled),
        )
        usual = opening(original.modality, in_suv=self._scale is not None)
        inverted = False
        if self._asked is None and usual is not None:
            voi, inverted = usual[0].window, usual[1]
        picture = render(stored, scaled, voi, inverted=inverted)
        if self._over is not None:
            picture = self._over.fused(original, picture, self._opacity)
        return shuttered(picture, original)

    def _by_state(self, index: int, stored: NDArray[Any]) -> NDArray[Any]:
        """What a presentation state makes of the values; where they go on a screen, and what is
        written over them, is no part of the picture."""
        from workstation.cli.over import Over, beside, open_with
        from workstation.imaging.picture import presented, render
        from workstation.imaging.subtraction import difference

        original = self._held.frames[index]
        assert self._state is not None
        state = open_with(self._state, self._registration, self._path).of(original)
        if state.blend is not None and self._over is None:
            # What it names is looked for beside the image and the state.
            self._over = Over(self._path, beside(self._path, self._state))
        beyond = [
            words
            for words, there in (
                ("annotations", state.layers),
                ("overlays", state.overlays is not None),
                ("a rotation", state.rotation),
                ("a flip", state.flipped),
            )
            if there
        ]
        for words in (*state.left_out, *beyond):
            print(f"Left out of the picture: {words}.", file=sys.stderr)
        shown, view = presented(original, state)
        if state.mask is not None:
            number = self._held.frame_of
            masks = [number(original.key.sop_instance_uid, each) for each in state.mask.frames]
            stored, shown = difference(stored, masks, shown, state.mask.shift)
        picture = render(stored, shown, view, colour_map=state.palette)
        if state.blend is not None and self._over is not None:
            picture = self._over.blended(state.blend, original, picture)
        return shuttered(picture, shown)


def shuttered(picture: NDArray[Any], frame: FrameDescription) -> NDArray[Any]:
    """The picture with the frame's shutter, as the viewer shows it."""
    from workstation.imaging.shutters import hidden, shut

    if frame.shutter is None:
        return picture
    return shut(picture, hidden(frame.shutter, *picture.shape[:2]), frame.shutter)


def geometry_document(held: Images, unit: str) -> dict[str, object]:
    """F.json: where the slices of an array lie."""
    shown = held.shown
    first = held.frames[0].plane
    volume = shown.volume if shown is not None else None
    positions: list[float] | None = None
    if first is not None and all(frame.plane is not None for frame in held.frames):
        positions = [first.to_image(frame.plane.origin)[2] for frame in held.frames if frame.plane]
    return {
        "origin_lps_mm": list(first.origin) if first else None,
        "row_cosine": list(first.row_cosine) if first else None,
        "column_cosine": list(first.column_cosine) if first else None,
        "slice_step_mm": list(volume.slice_step) if volume else None,
        "spacing_mm": list(volume.spacing_mm) if volume else None,
        "positions_mm": positions,
        "sop_instance_uids": [frame.key.sop_instance_uid for frame in held.frames],
        "unit": unit,
    }


def run(arguments: argparse.Namespace) -> tuple[dict[str, object], str]:
    """Render and write."""
    import numpy as np

    from workstation.cli import images, output

    held = images.load(arguments.path)
    stages = _Stage(held, arguments)
    out: Path = arguments.out
    document: dict[str, object] = {"out": str(out), "suv": stages.suv}
    if out.suffix.lower() == ".png":
        if arguments.stage not in (None, "display"):
            raise ReaderError("A picture is of the display stage.", remedy="Write F.npy.")
        picture = stages.frame(held.number(arguments.frame), "display")
        output.save_png(out, picture)
        document |= {"stage": "display", "shape": list(picture.shape), "type": "uint8"}
        return document, f"{out}: {picture.shape[1]} x {picture.shape[0]}"
    stage = arguments.stage or "modality"
    if arguments.frame is not None or (len(held.frames) == 1 and not held.is_folder):
        array = stages.frame(held.number(arguments.frame), stage)
    else:
        frames = [stages.frame(index, stage) for index in range(len(held.frames))]
        if len({frame.shape for frame in frames}) > 1:
            raise ReaderError("The images of the series are of several sizes.")
        array = np.stack(frames)
    output.save_array(out, array)
    if held.is_folder and arguments.frame is None:
        unit = stages.unit if stage == "modality" else ""
        output.save_json(out.with_suffix(".json"), geometry_document(held, unit))
    document |= {"stage": stage, "shape": list(array.shape), "type": array.dtype.name}
    return document, f"{out}: {' x '.join(map(str, array.shape))} {array.dtype.name}"
