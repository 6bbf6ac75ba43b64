"""How everything looks: colours, lengths, fonts and the style sheet at one text scale.

`apply` is called once at the start and again when the text size or the contrast changes; the parts
follow by themselves, since a new style sheet reaches every widget as a StyleChange.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QToolTip

from workstation.settings import resources
from workstation.ui.theme.sheet import fill, template
from workstation.ui.theme.tokens import Tokens, load

__all__ = [
    "Tokens",
    "apply",
    "color",
    "focus_ring",
    "font",
    "hex_color",
    "load",
    "px",
    "scale",
    "version",
]

FAMILY = "Inter"
_FILES = (
    "Inter_400Regular.ttf",
    "Inter_400Regular_Italic.ttf",
    "Inter_500Medium.ttf",
    "Inter_600SemiBold.ttf",
)


#: For scripts that Inter lacks, where the system has no font of its own for them.
_SCRIPTS = (
    (QFontDatabase.WritingSystem.Arabic, "NotoSansArabic-Regular.ttf"),
    (QFontDatabase.WritingSystem.Hebrew, "Heebo-Regular.ttf"),
    (QFontDatabase.WritingSystem.Japanese, "MTLc3m.ttf"),
    (QFontDatabase.WritingSystem.SimplifiedChinese, "NocturneSansSC-Regular.ttf"),
    (QFontDatabase.WritingSystem.Korean, "NocturneSansKR-Regular.ttf"),
)


class _Current:
    """What is in force. Widgets are built in one thread, so this needs no lock."""

    tokens: Tokens | None = None
    scale: float = 1.0
    version: int = 0
    fonts_loaded = False


def _tokens() -> Tokens:
    if _Current.tokens is None:
        _Current.tokens = load()
    return _Current.tokens


def scale() -> float:
    """The text scale in force, 0.8 to 2.0."""
    return _Current.scale


def version() -> int:
    """Counts what was applied: what is kept with the same number looks the same."""
    return _Current.version


def px(length: float) -> int:
    """A length of the drawings in pixels at the text scale; never 0 for a length that is not."""
    return max(1, round(length * _Current.scale)) if length else 0


def hex_color(name: str) -> str:
    """A colour token as `#RRGGBB`; KeyError for a name that is no token."""
    return _tokens().colors[name]


def color(name: str, alpha: float = 1.0) -> QColor:
    """A colour token."""
    made = QColor(hex_color(name))
    if alpha < 1.0:
        made.setAlphaF(alpha)
    return made


def focus_ring() -> int:
    """Width of the focus ring before the text scale."""
    return _tokens().focus_ring


@lru_cache(maxsize=256)
def _font(size: float, weight: int, tabular: bool, italic: bool, factor: float) -> QFont:
    made = QFont(FAMILY)
    made.setPixelSize(max(1, round(size * factor)))
    made.setWeight(QFont.Weight(weight))
    made.setItalic(italic)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def font(size: float = 13, weight: int = 400, tabular: bool = False, italic: bool = False) -> QFont:
    """Inter at a size of the drawings. `tabular` figures are for columns, never for prose:
    Inter's `tnum` widens the hyphen as well. Weights are 400, 500 and 600."""
    return QFont(_font(size, weight, tabular, italic, _Current.scale))


def _palette() -> QPalette:
    """All roles: text documents, completers and whatever the sheet does not name take these."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    made = QPalette()
    for each, name in {
        role.Window: "window",
        role.WindowText: "text",
        role.Base: "panel",
        role.AlternateBase: "panel",
        role.Text: "text",
        role.Button: "raised",
        role.ButtonText: "text",
        role.BrightText: "text",
        role.ToolTipBase: "pressed",
        role.ToolTipText: "text",
        role.Highlight: "accentline",
        role.HighlightedText: "text",
        role.Link: "accent",
        role.LinkVisited: "accent",
        role.PlaceholderText: "text3",
        role.Accent: "accent",
        role.Light: "hover",
        role.Midlight: "hover",
        role.Mid: "edge",
        role.Dark: "image",
        role.Shadow: "image",
    }.items():
        made.setColor(each, color(name))
    for each in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(group.Disabled, each, color("off"))
    made.setColor(group.Disabled, role.PlaceholderText, color("off"))
    return made


def _load_fonts() -> None:
    if _Current.fonts_loaded:
        return
    lacking = [name for script, name in _SCRIPTS if not QFontDatabase.families(script)]
    for name in (*_FILES, *lacking):
        if QFontDatabase.addApplicationFont(str(resources() / "fonts" / name)) < 0:
            raise FileNotFoundError(
                f"the font {name} cannot be loaded: the installation is damaged"
            )
    _Current.fonts_loaded = True


def apply(app: QApplication, tokens: Tokens | None = None, scale: float = 1.0) -> None:
    """Style the whole application. `scale` is the text size, 0.8 to 2.0."""
    if not 0.8 <= scale <= 2.0:
        raise ValueError("the text scale lies between 0.8 and 2.0")
    _Current.tokens = tokens or load()
    _Current.scale = scale
    _Current.version += 1
    _load_fonts()
    app.setStyle("Fusion")
    app.setEffectEnabled(Qt.UIEffect.UI_AnimateCombo, False)
    app.setEffectEnabled(Qt.UIEffect.UI_AnimateMenu, False)
    app.setEffectEnabled(Qt.UIEffect.UI_FadeTooltip, False)
    app.setPalette(_palette())
    app.setFont(font(13))
    QToolTip.setFont(font(12))
    app.setStyleSheet(fill(template(), _Current.tokens.colors, px))
