"""The one step numba's intrinsics share: the address of an array's element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir


def array_pointer(context: Any, builder: ir.IRBuilder, sig: Any, args: Any) -> Callable[..., ir.Value]:
    """Give ``address(array, offset)``: argument positions in, a pointer out (offset in elements)."""

    def address(array: int, offset: int | None = None) -> ir.Value:
        kind = sig.args[array]
        data = context.make_array(kind)(context, builder, args[array]).data
        if offset is None:
            return data
        return builder.gep(data, [args[offset]], source_etype=context.get_data_type(kind.dtype))

    return address
