"""A saved report, parsed, and what a reader finds in it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

HTML = "{http://www.w3.org/1999/xhtml}"
# In a parsed file; a chart is not in the namespace of SVG, which a browser adds by itself.
Element = ET.Element


def words(element: Element) -> str:
    """Give the text of an element and all within, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def section(page: Element, title: str) -> Element:
    """Give the section with a title."""
    (found,) = [part for part in page.iter(f"{HTML}section") if words(part).startswith(title)]
    return found


def rows(element: Element) -> list[list[str]]:
    """Give the cells of a section's table without its headings."""
    body = next(element.iter(f"{HTML}tbody"))
    return [[words(cell) for cell in row] for row in body]


def facts(page: Element) -> dict[str, str]:
    """Give the terms of a page with what stands beside them."""
    terms = [words(term) for term in page.iter(f"{HTML}dt")]
    return dict(zip(terms, [words(fact) for fact in page.iter(f"{HTML}dd")], strict=True))
