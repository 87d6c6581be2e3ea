"""The keys that work everywhere, and those of each page, for the overlay."""

from __future__ import annotations

from pump_desktop.ui.kit.keys_overlay import KeyGroup, KeyHint
from pump_desktop.ui.live.keys import LIVE_KEYS
from pump_desktop.ui.main.pages import SECTIONS

_EVERYWHERE = (
    KeyGroup(
        "Everywhere",
        (
            KeyHint(("Ctrl+K",), "Go to a page, run, stream or action"),
            KeyHint(("Ctrl+1",), f"The first page, and so on to Ctrl+{len(SECTIONS)}"),
            KeyHint(("Ctrl+,",), "Settings"),
            KeyHint(("Ctrl+N",), "New scan"),
            KeyHint(("Ctrl+I",), "Import bets from a file"),
            KeyHint(("Ctrl+E",), "Export the run or stream"),
            KeyHint(("Ctrl+Shift+L",), "Next theme"),
            KeyHint(("F8",), "Put the keyboard on the newest notice"),
            KeyHint(("F11",), "Full screen"),
            KeyHint(("F1",), "Help for the page"),
            KeyHint(("?", "Ctrl+/"), "Show these keys"),
            KeyHint(("Ctrl+Q",), "Quit"),
        ),
    ),
)
_PAGES: dict[str, tuple[KeyGroup, ...]] = {
    "scan": (
        KeyGroup(
            "Scan",
            (KeyHint(("Ctrl+Return",), "Start the scan"), KeyHint(("Esc",), "Cancel the scan that runs")),
        ),
    ),
    "runs": (
        KeyGroup(
            "Runs",
            (
                KeyHint(("Return",), "Open the run"),
                KeyHint(("F2",), "Rename"),
                KeyHint(("Ctrl+D",), "Duplicate"),
                KeyHint(("Ctrl+M",), "Compare the selected runs"),
                KeyHint(("Del",), "Delete, with a moment to undo it"),
                KeyHint(("Ctrl+C",), "Copy the selected rows"),
                KeyHint(("Ctrl+F",), "Search"),
                KeyHint(("F5",), "Read again"),
            ),
        ),
    ),
    "run": (
        KeyGroup(
            "Run",
            (
                KeyHint(("Alt+1",), "The first tab, and so on"),
                KeyHint(("Ctrl+Tab",), "Next tab"),
                KeyHint(("F2",), "Rename"),
                KeyHint(("Del",), "Delete, with a moment to undo it"),
                KeyHint(("Alt+Left",), "Back to the runs"),
            ),
        ),
    ),
    "live": LIVE_KEYS,
    "verify": (
        KeyGroup(
            "Verify",
            (
                KeyHint(("Alt+Up",), "Next nonce"),
                KeyHint(("Alt+Down",), "Nonce before"),
                KeyHint(("Ctrl+Shift+V",), "Paste a bet"),
                KeyHint(("Ctrl+Shift+C",), "Copy every step as text"),
            ),
        ),
    ),
    "compare": (KeyGroup("Compare", (KeyHint(("F5",), "Read again"),)),),
    "settings": (KeyGroup("Settings", (KeyHint(("Ctrl+F",), "Search"),)),),
}


def keys_of(page: str) -> tuple[KeyGroup, ...]:
    """Give the keys of a page by its rail key (``run`` for that of one run), then those of everywhere."""
    return (*_PAGES.get(page, ()), *_EVERYWHERE)
