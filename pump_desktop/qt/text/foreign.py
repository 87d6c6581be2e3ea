"""Text from outside, such as seeds, names and notes, where Qt or the desktop would read it as markup."""

from __future__ import annotations

import html

from PySide6.QtGui import Qt

# Notices go to the desktop as they are, and most desktops on Linux read HTML in them, some do not: an
# escaped sign would show as "&lt;" there. These look alike and mean nothing.
_NO_MARKUP = str.maketrans({"<": "‹", ">": "›"})


def plain_tip(text: str) -> str:
    """Return a tool tip that shows ``text`` letter by letter.

    A tool tip that looks like HTML is shown as HTML, and Qt opens the pictures it names, on Windows from
    other computers too.
    """
    if not Qt.mightBeRichText(text):
        return text
    return f'<p style="white-space: pre-wrap">{html.escape(text, quote=False)}</p>'


def plain_notice(text: str) -> str:
    """Return ``text`` for a notice of the desktop, which may or may not read markup."""
    return text.translate(_NO_MARKUP)


def plain_words(text: str) -> str:
    """Return ``text`` for a button, tab or menu entry, where one ``&`` underlines a letter."""
    return text.replace("&", "&&")
