"""The page of the listener's endpoints, written from its own OpenAPI document: ``make docs``."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from pump_desktop.api.app import create_app
from pump_desktop.services.backend import open_backend
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings

PAGE = Path(__file__).resolve().parents[1] / "docs" / "api.md"

_Node = Mapping[str, Any]

_HEAD = """<!-- Written by `make docs` from the OpenAPI document; change the endpoints, not this page. -->
# The listener's endpoints

The window and `pump-desktop serve` answer HTTP on `http://127.0.0.1:17888`, for programs on this machine
only. While one of them runs, the same endpoints can be read and tried at <http://127.0.0.1:17888/docs>, and
the document itself is at <http://127.0.0.1:17888/openapi.json>. [The guide](guide/antebot.md) tells how to
connect Antebot.
"""
_RULES = """Times are ISO 8601 in UTC with `Z`. `/runs` and `/runs/` are the same. Lists answer
`{"items": [...], "total": n, "limit": l, "offset": o}`.
"""


def document() -> dict[str, Any]:
    """Give the OpenAPI document of a listener with its usual settings."""
    with (
        tempfile.TemporaryDirectory(prefix="pump-docs-") as folder,
        closing(open_backend(Settings(), resolve_paths(Path(folder)))) as backend,
    ):
        described: dict[str, Any] = create_app(backend, settings=Settings(), token="unused").openapi()  # noqa: S106 - nobody can ask it
    return described


def page_of(document: _Node) -> str:
    """Give the page as Markdown."""
    return "\n".join(_lines(document)).rstrip() + "\n"


def _lines(document: _Node) -> Iterator[str]:
    yield _HEAD
    yield f"{document['info']['description']}\n"
    yield _RULES
    yield "## Answers that are not what was asked for\n"
    yield from _table(("status", "means"), sorted(_faults(document).items()))
    yield "The body of each is an [ErrorBody](#errorbody).\n"
    for tag in document["tags"]:
        yield f"## {tag['name'].capitalize()}\n"
        yield f"{tag['description']}\n"
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if tag["name"] in operation["tags"]:
                    yield from _operation(method, path, operation)
    yield "## Bodies\n"
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield f"### {name}\n"
        yield from _schema(schema)


def _faults(document: _Node) -> dict[str, str]:
    """Give what each status of an error means, in all its words."""
    means: dict[str, list[str]] = {}
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                words = means.setdefault(status, [])
                if status >= "400" and answer["description"] not in words:
                    words.append(answer["description"])
    return {status: "; ".join(words) for status, words in means.items() if words}


def _operation(method: str, path: str, operation: _Node) -> Iterator[str]:
    yield f"### {method.upper()} {path}\n"
    yield f"{operation['description']}\n"
    asked = [parameter for parameter in operation.get("parameters", ()) if parameter["in"] == "query"]
    if asked:
        rows = [
            # A query cannot say null: it leaves the parameter out.
            (
                f"`{one['name']}`",
                _type_alone(one["schema"]),
                _said(one, one["schema"], bool(one.get("required"))),
            )
            for one in asked
        ]
        yield from _table(("query", "type", "meaning"), rows)
    yield from _body(operation)
    yield f"{_answers(operation['responses'])}\n"


def _body(operation: _Node) -> Iterator[str]:
    content = operation.get("requestBody", {}).get("content", {})
    for kind, told in content.items():
        if kind != "application/json":
            continue
        schema = told["schema"]
        if "properties" in schema:
            yield f"Body: {schema.get('description') or 'an object.'}\n"
            yield from _fields(schema)
        elif "properties" in schema.get("items", {}):
            yield f"Body: a list of up to {schema['maxItems']:,} objects, each as for a single post.\n"
        else:
            yield f"Body: {_type(schema)}.\n"
        for example in told.get("examples", {}).values():
            yield f"{example['summary']}:\n"
            yield f"```json\n{json.dumps(example['value'], indent=2)}\n```\n"


def _answers(responses: _Node) -> str:
    good = [_answer(status, answer) for status, answer in responses.items() if _is_success(status)]
    bad = sorted(status for status in responses if not _is_success(status))
    return f"Answers {', '.join(good)}; otherwise {', '.join(bad)}." if bad else f"Answers {', '.join(good)}."


def _answer(status: str, answer: _Node) -> str:
    for kind, told in answer.get("content", {}).items():
        return f"**{status}** {_type(told['schema']) if kind == 'application/json' else f'`{kind}`'}"
    return f"**{status}** without a body"


def _schema(schema: _Node) -> Iterator[str]:
    if schema.get("description"):
        # Docstrings mark names with two backticks.
        yield f"{schema['description'].replace('``', '`')}\n"
    if "enum" in schema:
        yield f"One of {_type(schema)}.\n"
    if schema.get("properties"):
        yield from _fields(schema)
    if "example" in schema:
        yield f"```json\n{json.dumps(schema['example'], indent=2)}\n```\n"


def _fields(schema: _Node) -> Iterator[str]:
    must = schema.get("required", ())
    rows = [
        (f"`{name}`", _type(field), _said(field, field, name in must))
        for name, field in schema["properties"].items()
    ]
    yield from _table(("field", "type", "meaning"), rows)


def _said(node: _Node, schema: _Node, must: bool) -> str:
    words = [node.get("description") or schema.get("description") or ""]
    if not must and "default" in schema and schema["default"] not in (None, [], ""):
        words.append(f"Default {json.dumps(schema['default'])}.")
    elif not must:
        words.append("Optional.")
    words.append(_bounds(schema))
    return " ".join(word for word in words if word)


def _bounds(schema: _Node) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and schema.get("exclusiveMinimum"):
        return f"Above {low:,.12g}."
    if low is not None and high is not None:
        return f"{low:,.12g} to {high:,.20g}." if high < 1e15 else f"From {low:,.12g}."
    longest = schema.get("maxLength")
    return f"Up to {longest:,} characters." if longest is not None else ""


def _type(schema: _Node) -> str:
    words = _type_alone(schema)
    return f"{words}, or null" if schema.get("nullable") else words


def _type_alone(schema: _Node) -> str:
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema:
            return " or ".join(_type(one) for one in schema[key])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    match schema:
        case {"$ref": reference}:
            name = str(reference).rsplit("/", 1)[1]
            words = f"[{name}](#{name.lower()})"
        case {"type": "array", "items": items}:
            words = f"list of {_type(items)}"
        case {"type": "object", "additionalProperties": {"type": str(kind)}}:
            words = f"object of {kind}"
        case {"type": "object", "additionalProperties": {"$ref": str(reference)}}:
            words = f"object of {_type({'$ref': reference})}"
        case _:
            words = str(schema.get("format") or schema.get("type") or "anything")
    return words


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(titles)} |"
    yield f"|{'---|' * len(titles)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def _is_success(status: str) -> bool:
    return status.startswith("2")


def main() -> int:
    """Write the page and say where it is."""
    PAGE.write_text(page_of(document()), encoding="utf-8")
    print(f"Wrote {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
