"""The ARM kernel's hash, made for aarch64 on any machine, and run under qemu where that is installed."""

import hashlib
import hmac
import shutil
import struct
import subprocess
from pathlib import Path

import llvmlite.binding as llvm
import pytest
from llvmlite import ir

from pump_desktop.engine.midstate import Midstate
from pump_desktop.engine.sha_ir import ARM_SHA, emit_lane_hmac, emit_sha_hmac

CROSS_GCC, QEMU = "aarch64-linux-gnu-gcc", "qemu-aarch64"

HARNESS = """
#include <stdint.h>
#include <stdio.h>
void pump_sha(uint32_t *, uint32_t *, uint32_t *, int64_t, uint32_t *);
void pump_lanes(uint32_t *, uint32_t *, uint32_t *, int64_t, uint32_t *);
static uint32_t inner[8], outer[8], rows[128], digests[32];
int main(void) {
    int64_t blocks;
    fread(inner, 4, 8, stdin); fread(outer, 4, 8, stdin);
    for (int kernel = 0; kernel < 2; kernel++) {
        fread(&blocks, 8, 1, stdin); fread(rows, 4, 128, stdin);
        (kernel ? pump_lanes : pump_sha)(inner, outer, rows, blocks, digests);
        fwrite(digests, 4, kernel ? 32 : 16, stdout);
    }
    return 0;
}
"""


def machine_and_module() -> tuple[llvm.TargetMachine, llvm.ModuleRef]:
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    module = ir.Module()
    emit_sha_hmac(module, "pump_sha", ARM_SHA, 2).linkage = "external"
    emit_lane_hmac(module, "pump_lanes", 4).linkage = "external"
    parsed = llvm.parse_assembly(str(module))
    parsed.verify()
    target = llvm.Target.from_triple("aarch64-unknown-linux-gnu")
    return target.create_target_machine(features="+sha2,+neon", opt=3, reloc="pic"), parsed


def padded_words(text: bytes, absorbed: int, blocks: int) -> list[int]:
    length = (absorbed + len(text)) * 8
    whole = (text + b"\x80").ljust(blocks * 64 - 8, b"\0") + length.to_bytes(8, "big")
    return list(struct.unpack(">32I", whole.ljust(128, b"\0")))


def test_arm_code_is_made_of_sha_instructions() -> None:
    machine, module = machine_and_module()
    assembly = machine.emit_assembly(module)
    # Three compressions of two streams, 16 steps each.
    assert assembly.count("sha256h\t") == 96
    assert assembly.count("sha256h2\t") == 96


@pytest.mark.skipif(
    not (shutil.which(CROSS_GCC) and shutil.which(QEMU)), reason=f"needs {CROSS_GCC} and {QEMU}"
)
@pytest.mark.parametrize("client", ["client", "c" * 60])
def test_arm_kernels_give_hmac_sha256(tmp_path: Path, client: str) -> None:
    machine, module = machine_and_module()
    (tmp_path / "kernel.o").write_bytes(machine.emit_object(module))
    (tmp_path / "main.c").write_text(HARNESS)
    program = tmp_path / "main"
    subprocess.run(
        [CROSS_GCC, "-static", "-o", program, tmp_path / "main.c", tmp_path / "kernel.o"], check=True
    )
    middle = Midstate.of("server", client)
    nonces = [1234567, 7654321, 5, 99]
    tails = [middle.tail + f"{nonce}:0".encode() for nonce in nonces]
    blocks = 1 if max(map(len, tails)) + 9 <= 64 else 2
    rows = [padded_words(tail, middle.absorbed, blocks) for tail in tails]
    by_row = [word for row in rows for word in row]
    by_word = [rows[lane][word] for word in range(32) for lane in range(4)]
    sent = struct.pack("<8I8Iq128Iq128I", *middle.inner, *middle.outer, blocks, *by_row, blocks, *by_word)
    out = subprocess.run([QEMU, program], input=sent, capture_output=True, check=True, timeout=60).stdout
    words = struct.unpack("<48I", out)
    wanted = [
        struct.unpack(">8I", hmac.new(b"server", f"{client}:{nonce}:0".encode(), hashlib.sha256).digest())
        for nonce in nonces
    ]
    assert [words[8 * row : 8 * row + 8] for row in range(2)] == wanted[:2]
    assert [tuple(words[16 + 4 * word + lane] for word in range(8)) for lane in range(4)] == wanted
