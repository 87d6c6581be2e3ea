"""A theme as Qt's palette: every role of every group is set, so nothing leaks in from the desktop."""

from __future__ import annotations

from PySide6.QtGui import QPalette

from pump_desktop.qt.theme import Theme, Token

_ACTIVE: dict[QPalette.ColorRole, Token] = {
    QPalette.ColorRole.Window: "surface.window",
    QPalette.ColorRole.WindowText: "text.primary",
    QPalette.ColorRole.Base: "surface.card",
    QPalette.ColorRole.AlternateBase: "surface.raised",
    QPalette.ColorRole.Text: "text.primary",
    QPalette.ColorRole.PlaceholderText: "text.muted",
    QPalette.ColorRole.Button: "surface.raised",
    QPalette.ColorRole.ButtonText: "text.primary",
    QPalette.ColorRole.BrightText: "bad",
    QPalette.ColorRole.Light: "surface.hover",
    QPalette.ColorRole.Midlight: "surface.raised",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Dark: "line.strong",
    QPalette.ColorRole.Shadow: "line.strong",
    QPalette.ColorRole.Highlight: "selection",
    QPalette.ColorRole.HighlightedText: "selection.text",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.ToolTipBase: "surface.raised",
    QPalette.ColorRole.ToolTipText: "text.primary",
}
_DISABLED: dict[QPalette.ColorRole, Token] = {
    QPalette.ColorRole.WindowText: "text.disabled",
    QPalette.ColorRole.Text: "text.disabled",
    QPalette.ColorRole.PlaceholderText: "text.disabled",
    QPalette.ColorRole.ButtonText: "text.disabled",
    QPalette.ColorRole.BrightText: "text.disabled",
    QPalette.ColorRole.Highlight: "surface.pressed",
    QPalette.ColorRole.HighlightedText: "text.disabled",
    QPalette.ColorRole.Accent: "text.disabled",
    QPalette.ColorRole.Link: "text.disabled",
    QPalette.ColorRole.LinkVisited: "text.disabled",
    QPalette.ColorRole.ToolTipText: "text.primary",
}


def palette_of(theme: Theme) -> QPalette:
    """Give the palette of a theme with Active, Inactive and Disabled fully set."""
    palette = QPalette()
    for role, token in _ACTIVE.items():
        palette.setColor(QPalette.ColorGroup.Active, role, theme.color(token))
        palette.setColor(QPalette.ColorGroup.Inactive, role, theme.color(token))
        palette.setColor(QPalette.ColorGroup.Disabled, role, theme.color(_DISABLED.get(role, token)))
    return palette
