"""What the description shows is what the program would take and give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_rs import Draft4Validator  # comes with schemathesis

from tools.api_page import document

# What these hold is shown to people and is no part of the description itself.
_SHOWN = {"example", "examples", "default"}


def _shown(node: Any) -> Iterator[tuple[dict[str, Any], Any]]:
    """Yield each schema that has an example, with that example."""
    if isinstance(node, list):
        for part in node:
            yield from _shown(part)
    if not isinstance(node, dict):
        return
    schema = node.get("schema", node)
    if "example" in node:
        yield schema, node["example"]
    for example in node.get("examples", {}).values():
        yield schema, example["value"]
    for key, part in node.items():
        if key not in _SHOWN:
            yield from _shown(part)


def _as_draft_4(node: Any) -> Any:
    """Give a part of the document as JSON Schema, which says ``nullable`` in other words."""
    if isinstance(node, list):
        return [_as_draft_4(part) for part in node]
    if not isinstance(node, dict):
        return node
    told = {key: _as_draft_4(part) for key, part in node.items() if key not in _SHOWN}
    if told.pop("nullable", False) is True:
        return {"anyOf": [told, {"type": "null"}]}
    return told


def _faults(described: dict[str, Any]) -> tuple[int, list[str]]:
    """Give how many examples there are, and what is wrong with them."""
    components = _as_draft_4(described["components"])
    count, faults = 0, []
    for schema, example in _shown(described):
        count += 1
        checker = Draft4Validator({"components": components, "allOf": [_as_draft_4(schema)]})
        faults += [f"{example!r}: {error.message}" for error in checker.iter_errors(example)]
    return count, faults


def test_every_example_of_the_description_is_valid() -> None:
    count, faults = _faults(document())
    assert not faults, "\n".join(faults)
    assert count > 40


def test_an_example_that_leaves_a_required_field_out_is_noticed() -> None:
    described = document()
    del described["components"]["schemas"]["HitList"]["example"]["items"][0]["distance_prev"]
    _count, faults = _faults(described)
    (fault,) = faults
    assert fault.endswith('"distance_prev" is a required property')
