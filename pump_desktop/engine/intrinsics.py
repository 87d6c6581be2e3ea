"""The step both kernels share: a call from compiled Python to the HMAC that an emitter wrote in LLVM code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


def hmac_intrinsic(name: str, emit: Callable[[ir.Module, str], ir.Function]) -> Any:
    """Give ``hash(inner, outer, rows, row_at, blocks, digests, digest_at)`` for compiled code.

    ``row_at`` and ``digest_at`` are in words; ``emit`` writes the function ``name`` into a module that has
    none yet. The type is Any, because the intrinsic's own still counts the typing context as an argument.
    """

    def typed(
        _context: Any,
        inner: Any,
        outer: Any,
        rows: Any,
        row_at: Any,
        blocks: Any,
        digests: Any,
        digest_at: Any,
    ) -> Any:
        signature = types.void(inner, outer, rows, row_at, blocks, digests, digest_at)

        def codegen(context: Any, builder: ir.IRBuilder, sig: Any, args: Any) -> Any:
            def address(array: int, place: int | None = None) -> ir.Value:
                kind = sig.args[array]
                data = context.make_array(kind)(context, builder, args[array]).data
                if place is None:
                    return data
                return builder.gep(data, [args[place]], source_etype=context.get_data_type(kind.dtype))

            function = builder.module.globals.get(name) or emit(builder.module, name)
            builder.call(function, [address(0), address(1), address(2, 3), args[4], address(5, 6)])
            return context.get_dummy_value()

        return signature, codegen

    return intrinsic(typed)
