"""Which help pages there are, and which one suits a page of the window."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """One help page; ``key`` is the name of its file."""

    key: str
    title: str


TOPICS = (
    Topic("game", "The game"),
    Topic("verification", "How verification works"),
    Topic("statistics", "How to read the statistics"),
    Topic("antebot", "Connecting Antebot"),
)
_FOR_PAGE = {
    "scan": "game",
    "runs": "statistics",
    "compare": "statistics",
    "live": "antebot",
    "verify": "verification",
}


def topic_for(section: str) -> str:
    """Give the help page that suits a page of the window."""
    return _FOR_PAGE.get(section, "game")
