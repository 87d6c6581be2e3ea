"""LLVM code for HMAC-SHA256 of many short messages: one emitter for SHA instructions, one for vector lanes.

Both emit a function ``hmac(inner, outer, rows, blocks, digests)`` over ``streams`` messages at once:

- SHA instructions (x86 ``sha``, ARM ``sha2``): messages lie row by row, 32 words each. Two streams are
  interleaved because a round instruction has twice the latency of its throughput (4 and 2 cycles on Zen);
  a third stream would spill, the instructions reach only xmm0..15.
- lanes: word t of all lanes lies side by side, so one vector operation serves every message. LLVM splits
  the vectors to whatever the CPU has.

Message words are numbers, already big-endian: no byte swap is left for the inner loop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from llvmlite import ir

from pump_desktop.engine.midstate import ROUND_CONSTANTS

ROW_WORDS = 32
DIGEST_WORDS = 8

_I32 = ir.IntType(32)
_I64 = ir.IntType(64)
_PTR = ir.PointerType()
_QUAD = ir.VectorType(_I32, 4)

# The outer message is a 32-byte digest after a 64-byte key block: padding bit, zeros, 768 bits of length.
_OUTER_PADDING = (0x80000000, 0, 0, 0, 0, 0, 0, 768)

type_of_hmac = ir.FunctionType(ir.VoidType(), [_PTR, _PTR, _PTR, _I64, _PTR])


def _vector(kind: ir.VectorType, values: Sequence[int]) -> ir.Constant:
    return ir.Constant(kind, [ir.Constant(_I32, value) for value in values])


def _load(builder: ir.IRBuilder, kind: ir.Type, base: ir.Value, index: int, step: ir.Type = _I32) -> ir.Value:
    """Load a ``kind`` from ``index`` steps (words, unless told) behind ``base``."""
    return builder.load(builder.gep(base, [_I64(index)], source_etype=step), align=4, typ=kind)


def _store(builder: ir.IRBuilder, value: ir.Value, base: ir.Value, index: int, step: ir.Type = _I32) -> None:
    """Store ``value`` at ``index`` steps (words, unless told) behind ``base``."""
    builder.store(value, builder.gep(base, [_I64(index)], source_etype=step), align=4)


def _declare(module: ir.Module, name: str, kind: ir.Type, arity: int) -> ir.Function:
    known = module.globals.get(name)
    return known or ir.Function(module, ir.FunctionType(kind, [kind] * arity), name)


@dataclass(frozen=True, slots=True)
class ShaInstructions:
    """One CPU family's SHA-256 instructions over a state held in two vectors of four words."""

    rounds: Callable[[ir.IRBuilder, ir.Value, ir.Value, ir.Value], tuple[ir.Value, ir.Value]]
    schedule: Callable[[ir.IRBuilder, Sequence[ir.Value]], ir.Value]
    pack: tuple[Sequence[int], Sequence[int]]
    unpack: tuple[Sequence[int], Sequence[int]]


def _x86_rounds(
    builder: ir.IRBuilder, abef: ir.Value, cdgh: ir.Value, wk: ir.Value
) -> tuple[ir.Value, ir.Value]:
    rnds2 = _declare(builder.module, "llvm.x86.sha256rnds2", _QUAD, 3)
    # Each instruction does two rounds: it gives the new ABEF, and the old ABEF becomes CDGH.
    middle = builder.call(rnds2, [cdgh, abef, wk])
    high = builder.shuffle_vector(wk, ir.Constant(_QUAD, ir.Undefined), _vector(_QUAD, (2, 3, 2, 3)))
    return builder.call(rnds2, [abef, middle, high]), middle


def _x86_schedule(builder: ir.IRBuilder, last: Sequence[ir.Value]) -> ir.Value:
    msg1 = _declare(builder.module, "llvm.x86.sha256msg1", _QUAD, 2)
    msg2 = _declare(builder.module, "llvm.x86.sha256msg2", _QUAD, 2)
    w0, w1, w2, w3 = last
    straddling = builder.shuffle_vector(w2, w3, _vector(_QUAD, (1, 2, 3, 4)))
    return builder.call(msg2, [builder.add(builder.call(msg1, [w0, w1]), straddling), w3])


def _arm_rounds(
    builder: ir.IRBuilder, abcd: ir.Value, efgh: ir.Value, wk: ir.Value
) -> tuple[ir.Value, ir.Value]:
    h = _declare(builder.module, "llvm.aarch64.crypto.sha256h", _QUAD, 3)
    h2 = _declare(builder.module, "llvm.aarch64.crypto.sha256h2", _QUAD, 3)
    return builder.call(h, [abcd, efgh, wk]), builder.call(h2, [efgh, abcd, wk])


def _arm_schedule(builder: ir.IRBuilder, last: Sequence[ir.Value]) -> ir.Value:
    su0 = _declare(builder.module, "llvm.aarch64.crypto.sha256su0", _QUAD, 2)
    su1 = _declare(builder.module, "llvm.aarch64.crypto.sha256su1", _QUAD, 3)
    w0, w1, w2, w3 = last
    return builder.call(su1, [builder.call(su0, [w0, w1]), w2, w3])


# pack: two shuffles from (ABCD, EFGH) to the state; unpack: two shuffles from the state to (ABCD, EFGH).
X86_SHA = ShaInstructions(
    _x86_rounds, _x86_schedule, ((5, 4, 1, 0), (7, 6, 3, 2)), ((3, 2, 7, 6), (1, 0, 5, 4))
)
ARM_SHA = ShaInstructions(
    _arm_rounds, _arm_schedule, ((0, 1, 2, 3), (4, 5, 6, 7)), ((0, 1, 2, 3), (4, 5, 6, 7))
)

_Quads = list[ir.Value]
_State = tuple[ir.Value, ir.Value]


def _sha_compress(
    builder: ir.IRBuilder, isa: ShaInstructions, states: list[_State], blocks: list[_Quads]
) -> list[_State]:
    """Emit one compression of every stream, interleaved step by step."""
    now = list(states)
    quads = [list(block) for block in blocks]
    for step in range(16):
        constant = _vector(_QUAD, ROUND_CONSTANTS[4 * step : 4 * step + 4])
        for stream, words in enumerate(quads):
            if step >= 4:
                words.append(isa.schedule(builder, words[step - 4 : step]))
            now[stream] = isa.rounds(builder, *now[stream], builder.add(words[step], constant))
    return [
        (builder.add(new[0], old[0]), builder.add(new[1], old[1]))
        for new, old in zip(now, states, strict=True)
    ]


def emit_sha_hmac(module: ir.Module, name: str, isa: ShaInstructions, streams: int) -> ir.Function:
    """Emit ``name`` with SHA instructions: ``streams`` rows of 32 words in, as many rows of 8 words out."""
    function = ir.Function(module, type_of_hmac, name)
    function.linkage = "internal"
    inner, outer, rows, blocks, digests = function.args
    entry = ir.IRBuilder(function.append_basic_block("first_block"))
    second = ir.IRBuilder(function.append_basic_block("second_block"))
    last = ir.IRBuilder(function.append_basic_block("outer_hash"))

    def packed(builder: ir.IRBuilder, at: ir.Value) -> _State:
        abcd, efgh = _load(builder, _QUAD, at, 0), _load(builder, _QUAD, at, 4)
        first, other = (builder.shuffle_vector(abcd, efgh, _vector(_QUAD, order)) for order in isa.pack)
        return first, other

    def unpacked(builder: ir.IRBuilder, state: _State) -> _Quads:
        return [builder.shuffle_vector(*state, _vector(_QUAD, order)) for order in isa.unpack]

    def message(builder: ir.IRBuilder, block: int) -> list[_Quads]:
        return [
            [_load(builder, _QUAD, rows, ROW_WORDS * row + 16 * block + 4 * quad) for quad in range(4)]
            for row in range(streams)
        ]

    key = packed(entry, inner)
    after_first = _sha_compress(entry, isa, [key] * streams, message(entry, 0))
    entry.cbranch(entry.icmp_unsigned(">", blocks, _I64(1)), second.block, last.block)

    after_second = _sha_compress(second, isa, after_first, message(second, 1))
    second.branch(last.block)

    merged: list[_State] = []
    for one, two in zip(after_first, after_second, strict=True):
        halves = []
        for half in range(2):
            phi = last.phi(_QUAD)
            phi.add_incoming(one[half], entry.block)
            phi.add_incoming(two[half], second.block)
            halves.append(phi)
        merged.append((halves[0], halves[1]))
    padding = [_vector(_QUAD, _OUTER_PADDING[:4]), _vector(_QUAD, _OUTER_PADDING[4:])]
    final = _sha_compress(
        last, isa, [packed(last, outer)] * streams, [unpacked(last, state) + padding for state in merged]
    )
    for row, state in enumerate(final):
        for half, quad in enumerate(unpacked(last, state)):
            _store(last, quad, digests, DIGEST_WORDS * row + 4 * half)
    last.ret_void()
    return function


def _emit_lane_compress(module: ir.Module, name: str, lanes: int) -> ir.Function:
    """Emit ``name(state_in, block, state_out)`` over word-major vectors of ``lanes`` words."""
    kind = ir.VectorType(_I32, lanes)
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [_PTR, _PTR, _PTR]), name)
    function.linkage = "internal"
    function.attributes.add("noinline")
    state_in, block, state_out = function.args
    builder = ir.IRBuilder(function.append_basic_block())
    shift = _declare(module, f"llvm.fshr.v{lanes}i32", kind, 3)

    def splat(value: int) -> ir.Constant:
        return _vector(kind, [value] * lanes)

    def rotated(value: ir.Value, by: int) -> ir.Value:
        return builder.call(shift, [value, value, splat(by)])

    def xor3(x: ir.Value, y: ir.Value, z: ir.Value) -> ir.Value:
        return builder.xor(builder.xor(x, y), z)

    start = [_load(builder, kind, state_in, i, kind) for i in range(8)]
    w = [_load(builder, kind, block, i, kind) for i in range(16)]
    a, b, c, d, e, f, g, h = start
    for t in range(64):
        if t >= 16:
            x, y = w[t - 15], w[t - 2]
            s0 = xor3(rotated(x, 7), rotated(x, 18), builder.lshr(x, splat(3)))
            s1 = xor3(rotated(y, 17), rotated(y, 19), builder.lshr(y, splat(10)))
            w.append(builder.add(builder.add(w[t - 16], s0), builder.add(w[t - 7], s1)))
        s1 = xor3(rotated(e, 6), rotated(e, 11), rotated(e, 25))
        choice = builder.xor(g, builder.and_(e, builder.xor(f, g)))
        wk = builder.add(w[t], splat(ROUND_CONSTANTS[t]))
        t1 = builder.add(builder.add(h, s1), builder.add(choice, wk))
        s0 = xor3(rotated(a, 2), rotated(a, 13), rotated(a, 22))
        majority = builder.xor(b, builder.and_(builder.xor(a, b), builder.xor(b, c)))
        h, g, f, e, d, c, b, a = (
            g,
            f,
            e,
            builder.add(d, t1),
            c,
            b,
            a,
            builder.add(t1, builder.add(s0, majority)),
        )
    for i, (new, old) in enumerate(zip((a, b, c, d, e, f, g, h), start, strict=True)):
        _store(builder, builder.add(new, old), state_out, i, kind)
    builder.ret_void()
    return function


def emit_lane_hmac(module: ir.Module, name: str, lanes: int) -> ir.Function:
    """Emit ``name`` for any CPU: ``lanes`` messages, word-major, through vectors of ``lanes`` words."""
    kind = ir.VectorType(_I32, lanes)
    compress = _emit_lane_compress(module, f"{name}.compress", lanes)
    function = ir.Function(module, type_of_hmac, name)
    function.linkage = "internal"
    inner, outer, rows, blocks, digests = function.args
    entry = ir.IRBuilder(function.append_basic_block("first_block"))
    second = ir.IRBuilder(function.append_basic_block("second_block"))
    last = ir.IRBuilder(function.append_basic_block("outer_hash"))
    key = entry.alloca(kind, 8)
    outer_block = entry.alloca(kind, 16)

    def spread(builder: ir.IRBuilder, words: ir.Value) -> None:
        for i in range(8):
            word = _load(builder, _I32, words, i)
            first = builder.insert_element(ir.Constant(kind, ir.Undefined), word, _I32(0))
            everywhere = builder.shuffle_vector(first, first, _vector(kind, [0] * lanes))
            _store(builder, everywhere, key, i, kind)

    spread(entry, inner)
    entry.call(compress, [key, rows, outer_block])
    entry.cbranch(entry.icmp_unsigned(">", blocks, _I64(1)), second.block, last.block)

    more = second.gep(rows, [_I64(16)], source_etype=kind)
    second.call(compress, [outer_block, more, outer_block])
    second.branch(last.block)

    for i, word in enumerate(_OUTER_PADDING):
        _store(last, _vector(kind, [word] * lanes), outer_block, 8 + i, kind)
    spread(last, outer)
    last.call(compress, [key, outer_block, digests])
    last.ret_void()
    return function
