"""The pages that people read: their fenced blocks, their links, and the commands they name."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    *(
        ROOT / name
        for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "packaging/README.md")
    ),
    *sorted((ROOT / "docs").rglob("*.md")),
)

_FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
# What the shell has to do itself; other blocks are cheaper without it.
_SHELL = re.compile(r"\bcurl |\$\(| \| |^echo |^[A-Z_]+=", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block, and where it stands."""

    page: Path
    number: int
    language: str
    text: str

    def __str__(self) -> str:
        """Give it a name for the test's."""
        return f"{self.page.relative_to(ROOT)}-{self.number}"

    @property
    def needs_shell(self) -> bool:
        """Whether it has pipes, variables or curl."""
        return _SHELL.search(self.text) is not None

    @property
    def commands(self) -> list[list[str]]:
        """The commands of a block that needs no shell, as words."""
        lines = self.text.replace("\\\n", " ").splitlines()
        return [words for line in lines if (words := shlex.split(line, comments=True))]


def blocks(language: str) -> list[Block]:
    """Give the blocks of a language in all pages."""
    return [block for page in PAGES for block in blocks_of(page) if block.language == language]


def blocks_of(page: Path) -> Iterator[Block]:
    """Yield all fenced blocks of a page."""
    for number, found in enumerate(_FENCE.finditer(page.read_text("utf-8")), 1):
        yield Block(page, number, found[1], found[2])


def spans_of(page: Path) -> list[str]:
    """Give the code that stands within the sentences of a page."""
    return _SPAN.findall(_FENCE.sub("", page.read_text("utf-8")))


def buttons_of(page: Path) -> set[str]:
    """Give the bold words of a page, which stand on the window; bold sentences and questions do not."""
    found = (" ".join(bold.split()) for bold in _BOLD.findall(_FENCE.sub("", page.read_text("utf-8"))))
    return {words for words in found if not words.endswith((".", "?", ":"))}


def links_of(page: Path) -> list[str]:
    """Give the targets of links and pictures that stay within the repository."""
    found = _LINK.findall(_FENCE.sub("", page.read_text("utf-8")))
    return [link for link in found if "://" not in link]


def anchors_of(page: Path) -> set[str]:
    """Give the names under which the headings of a page can be linked to."""
    headings = _HEADING.findall(_FENCE.sub("", page.read_text("utf-8")))
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
