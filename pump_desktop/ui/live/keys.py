"""The keys of the Live page, and what the overlay says of them."""

from __future__ import annotations

from pump_desktop.ui.kit.keys_overlay import KeyGroup, KeyHint

LIVE_KEYS = (
    KeyGroup(
        "Bets",
        (
            KeyHint(("/",), "Filter by multiplier"),
            KeyHint(("J", "K"), "Next row, previous row"),
            KeyHint(("G",), "Go to a nonce"),
            KeyHint(("B",), "Bookmark the bet, or take its bookmark away"),
            KeyHint(("Ctrl+C",), "Copy the selected rows"),
        ),
    ),
    KeyGroup(
        "View",
        (
            KeyHint(("P",), "Pause: new bets are collected and wait"),
            KeyHint(("F",), "Freeze: figures and table hold still"),
            KeyHint(("D",), "Open or close the drawer"),
            KeyHint(("?",), "Show these keys and those of everywhere"),
        ),
    ),
    KeyGroup(
        "Streams",
        (
            KeyHint(("Ctrl+F",), "Search streams"),
            KeyHint(("Delete",), "Delete the stream, in the list of streams"),
            KeyHint(("F5",), "Read again"),
        ),
    ),
)
