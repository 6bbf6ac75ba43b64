"""The measuring tools with their signs: for the bar, its menu and the tray of the report."""

from __future__ import annotations

from workstation.domain.measurement import MeasurementKind

#: kind → name of its icon
ICONS = {
    MeasurementKind.PROBE: "probe",
    MeasurementKind.LENGTH: "length",
    MeasurementKind.POLYLINE: "polyline",
    MeasurementKind.ANGLE: "angle",
    MeasurementKind.COBB: "cobb",
    MeasurementKind.BIDIRECTIONAL: "bidirectional",
    MeasurementKind.CENTRE_LINE: "centre_line",
    MeasurementKind.CARDIOTHORACIC: "cardiothoracic",
    MeasurementKind.ELLIPSE: "ellipse",
    MeasurementKind.ROTATED_ELLIPSE: "rotated_ellipse",
    MeasurementKind.RECTANGLE: "rectangle",
    MeasurementKind.POLYGON: "polygon",
    MeasurementKind.FREEHAND: "freehand",
}


def _tool(kind: MeasurementKind) -> tuple[str, str]:
    return f"tool.{kind.value}", ICONS[kind]


_K = MeasurementKind

#: (command, icon) of the menu, None for a line between groups
MENU: tuple[tuple[str, str] | None, ...] = (
    *(
        _tool(kind)
        for kind in (
            _K.LENGTH,
            _K.POLYLINE,
            _K.BIDIRECTIONAL,
            _K.CENTRE_LINE,
            _K.ANGLE,
            _K.COBB,
            _K.CARDIOTHORACIC,
        )
    ),
    None,
    *(
        _tool(kind)
        for kind in (
            _K.PROBE,
            _K.ELLIPSE,
            _K.ROTATED_ELLIPSE,
            _K.RECTANGLE,
            _K.POLYGON,
            _K.FREEHAND,
        )
    ),
    None,
    ("tool.calibrate", "calibrate"),
    ("measure.drop_scale", "discard"),
)


def icon_of(tool_name: str) -> str:
    """The icon of a chosen tool that the bar has no button for; `measuring` for none of them."""
    return dict(each for each in MENU if each is not None).get(f"tool.{tool_name}", "measuring")
