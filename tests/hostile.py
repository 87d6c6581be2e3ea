"""Text from outside that means something to whoever shows it, and values that hold it in every field."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

T = TypeVar("T")

MARKUP = '<img src="file:///a.png"><b>a & b</b>'
"""What Qt shows as a picture that it opens, and as a bold text."""

_PLAIN: dict[object, object] = {
    str: MARKUP,
    int: 7,
    float: 1.63,
    bool: True,
    bytes: MARKUP.encode(),
    datetime: datetime(2026, 5, 9, 12, tzinfo=UTC),
    UUID: UUID(int=1),
    Path: Path(MARKUP),
    object: None,
    types.NoneType: None,
}


def filled(kind: type[T], **changes: Any) -> T:
    """Return a value of a dataclass or NamedTuple with MARKUP in every text of it, however deep."""
    hints = get_type_hints(kind)
    if dataclasses.is_dataclass(kind):
        names = [field.name for field in dataclasses.fields(kind) if field.init]
    else:
        names = list(kind._fields)  # type: ignore[attr-defined]  # a NamedTuple
    unknown = changes.keys() - set(names)
    assert not unknown, f"{kind.__name__} has no {unknown}"
    return kind(**{name: changes[name] if name in changes else _of(hints[name]) for name in names})


def _of(hint: Any) -> Any:  # noqa: PLR0911 - one return a kind of hint
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return inner[0]
    if origin in {Union, types.UnionType}:
        return _of(inner[0])
    if origin is tuple and inner[1:] != (...,):
        return tuple(map(_of, inner))
    if origin is not None and issubclass(origin, Mapping):
        return {_of(inner[0]): _of(inner[1])}
    if origin is not None:
        return (_of(inner[0]),)
    return next(iter(hint)) if issubclass(hint, Enum) else filled(hint)
