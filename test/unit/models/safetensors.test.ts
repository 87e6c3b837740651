import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { SparringError } from "../../../daemon/errors.ts";
import { roundToBf16, widenBf16 } from "../../../daemon/models/floats.ts";
import {
  formatSafetensors,
  parseSafetensors,
  readSafetensors,
  type TensorToWrite,
  toFloat32,
  writeSafetensors,
} from "../../../daemon/models/safetensors.ts";
import { folderOf } from "./folder.ts";

const fixtures = join(import.meta.dirname, "fixtures");

/** A file from its parts, so that each can be wrong. */
function file(header: string, bodyBytes: number, headerLength = BigInt(Buffer.byteLength(header))): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(headerLength);
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(bodyBytes)]);
}

function entry(name: string, shape: number[], begin: number, end: number, dtype = "F32"): string {
  return `"${name}":${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`;
}

describe("a file of the reference implementation", () => {
  test("reads as the values that were written", async () => {
    const tensors = await readSafetensors(join(fixtures, "mixed.safetensors"));
    assert.deepEqual([...tensors.keys()].sort(), ["a.f32", "b.f32", "c.bf16", "d.f16", "e.scalar", "f.empty"]);
    const values = (name: string): number[] => [...toFloat32(tensors.get(name)!)];
    const written = [0, -0, 1, -2.5, 0.1, 1e-8, 6e-5, 65504, 1e30, Number.POSITIVE_INFINITY].map(Math.fround);
    assert.deepEqual(values("a.f32"), [0, 1, 2]);
    assert.deepEqual(values("b.f32"), written);
    assert.deepEqual(values("c.bf16"), [...widenBf16(roundToBf16(Float32Array.from(written)))]);
    assert.deepEqual(values("d.f16"), [1, 2 ** -24, 2 ** -14, -65504, 0.333251953125]);
    assert.deepEqual(values("e.scalar"), [7]);
    assert.deepEqual(values("f.empty"), []);
    assert.deepEqual(
      ["b.f32", "e.scalar", "f.empty"].map((name) => tensors.get(name)!.shape),
      [[2, 5], [], [0, 4]],
    );
  });

  test("is what our writer makes of the same tensors, byte for byte", async () => {
    const path = join(fixtures, "written.safetensors");
    const tensors = await readSafetensors(path);
    const whole = toFloat32(tensors.get("w.whole")!);
    const bytes = formatSafetensors(
      new Map<string, TensorToWrite>([
        ["w.half", { dtype: "BF16", shape: [5, 2], data: whole }],
        ["10", { dtype: "F32", shape: [4], data: toFloat32(tensors.get("10")!) }],
        ["w.whole", { dtype: "F32", shape: [5, 2], data: whole }],
      ]),
      { format: "pt" },
    );
    assert.ok(Buffer.from(bytes).equals(await readFile(path)));
  });
});

test("an empty tensor may share its place with the next one, whichever is named first", () => {
  const both = [entry("x", [1], 0, 4), entry("none", [0], 0, 0)];
  for (const entries of [both, both.toReversed()]) {
    assert.equal(parseSafetensors(file(`{${entries.join(",")}}`, 4), "m").size, 2);
  }
});

test("a tensor is read at any alignment of its bytes", () => {
  const odd = Buffer.concat([Buffer.alloc(1), file(`{${entry("x", [1], 0, 4)}}`, 4)]).subarray(1);
  assert.deepEqual(toFloat32(parseSafetensors(odd, "m").get("x")!), Float32Array.of(0));
});

const tensorToWrite = fc
  .record({
    dtype: fc.constantFrom("F32" as const, "BF16" as const),
    shape: fc.array(fc.nat({ max: 4 }), { maxLength: 3 }),
  })
  .chain(({ dtype, shape }) => {
    const length = shape.reduce((a, b) => a * b, 1);
    return fc
      .float32Array({ minLength: length, maxLength: length })
      .map((data): TensorToWrite => ({ dtype, shape, data }));
  });
const tensorMap = fc
  .dictionary(fc.string({ unit: "grapheme" }), tensorToWrite, { maxKeys: 5, noNullPrototype: true })
  .map((named) => new Map(Object.entries(named).filter(([name]) => name !== "__metadata__")));

describe("writing", () => {
  test("and reading gives the tensors back", () => {
    fc.assert(
      fc.property(tensorMap, (tensors) => {
        const bytes = formatSafetensors(tensors);
        assert.equal(new DataView(bytes.buffer).getUint32(0, true) % 8, 0);
        const back = parseSafetensors(bytes, "memory");
        assert.equal(back.size, tensors.size);
        for (const [name, { dtype, shape, data }] of tensors) {
          const read = back.get(name)!;
          assert.equal(read.dtype, dtype);
          assert.deepEqual(read.shape, shape);
          assert.deepEqual(toFloat32(read), dtype === "F32" ? data : widenBf16(roundToBf16(data)));
        }
      }),
      {
        examples: [[new Map<string, TensorToWrite>([['"{\\', { dtype: "F32", shape: [0], data: Float32Array.of() }]])]],
      },
    );
  });

  test("gives the same bytes whatever the order of the map", () => {
    fc.assert(
      fc.property(tensorMap, (tensors) => {
        assert.deepEqual(formatSafetensors(new Map([...tensors].reverse())), formatSafetensors(tensors));
      }),
    );
  });

  test("to a file and reading it gives the values back", async (t) => {
    const path = join(await folderOf(t, {}), "one.safetensors");
    await writeSafetensors(path, new Map([["x", { dtype: "F32", shape: [2], data: Float32Array.of(1, 2) }]]));
    assert.deepEqual([...toFloat32((await readSafetensors(path)).get("x")!)], [1, 2]);
  });
});

describe("a damaged file is refused with the reason", () => {
  const corrupt: [what: string, bytes: Uint8Array, message: RegExp][] = [
    ["empty", new Uint8Array(0), /0 bytes, fewer than/],
    ["header beyond the file", file("{}", 0, 3n), /claims 3 bytes, and the file has 10/],
    ["absurd header length", file("{}", 0, 2n ** 64n - 1n), /claims 18446744073709552000 bytes/],
    ["not JSON", file("{]", 0), /header is not JSON/],
    ["not UTF-8", Buffer.concat([file("", 0, 2n), Buffer.from([0x22, 0xff])]), /header is not JSON/],
    ["not an object", file("[]", 0), /not a JSON object/],
    ["metadata that isn't text", file('{"__metadata__":{"a":1}}', 0), /__metadata__/],
    ["an entry without shape", file('{"x":{"dtype":"F32","data_offsets":[0,4]}}', 4), /"x".*shape/],
    ["a negative axis", file(`{${entry("x", [-1, -1], 0, 4)}}`, 4), /"x".*shape/],
    ["a fractional axis", file(`{${entry("x", [0.5, 2], 0, 4)}}`, 4), /"x".*shape/],
    ["an unknown field", file('{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"y":1}}', 4), /"x"/],
    ["an unknown type", file(`{${entry("x", [1], 0, 4, "F33")}}`, 4), /"x" has the unknown type "F33"/],
    ["a type out of the prototype", file(`{${entry("x", [1], 0, 4, "toString")}}`, 4), /unknown type "toString"/],
    [
      "shape and size differ",
      file(`{${entry("x", [2], 0, 4)}}`, 4),
      /shape \[2\] and type F32 needs 8 bytes, and has 4/,
    ],
    ["a shape that overflows", file(`{${entry("x", [2 ** 52, 2 ** 52, 2 ** 52], 0, 4)}}`, 4), /"x" of shape/],
    ["offsets reversed", file(`{${entry("x", [1], 4, 0)}}`, 4), /needs 4 bytes, and has -4/],
    ["offset beyond the file", file(`{${entry("x", [2], 0, 8)}}`, 4), /ends at byte 8, but there are only 4/],
    ["overlap", file(`{${entry("x", [2], 0, 8)},${entry("y", [1], 4, 8)}}`, 8), /"y" overlaps/],
    ["a hole", file(`{${entry("x", [1], 4, 8)}}`, 8), /hole of 4 bytes before tensor "x"/],
    ["trailing bytes", file(`{${entry("x", [1], 0, 4)}}`, 5), /1 bytes follow/],
    ["a name twice", file(`{${entry("x", [1], 0, 4)}, ${entry("\\u0078", [1], 0, 4)}}`, 4), /"x" twice/],
    [
      "a field twice",
      file('{"x":{"dtype":"F32","dtype" :"F32","shape":[0],"data_offsets":[0,0]}}', 0),
      /"dtype" twice/,
    ],
  ];
  for (const [what, bytes, message] of corrupt) {
    test(what, () => {
      assert.throws(
        () => parseSafetensors(bytes, "m.safetensors"),
        (error) => {
          assert.ok(error instanceof SparringError);
          assert.equal(error.code, "model/corrupt-safetensors");
          assert.equal(error.place, "m.safetensors");
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  test("a type that is known but not usable says so", () => {
    assert.throws(() => parseSafetensors(file(`{${entry("q.weight", [1], 0, 4, "I32")}}`, 4), "m"), {
      code: "model/unsupported-dtype",
      message: /"q\.weight" has type I32/,
    });
  });

  test("no bytes at all crash the reader or make it allocate", async () => {
    const whole = await readFile(join(fixtures, "mixed.safetensors"));
    const mutation = fc.record({ at: fc.nat({ max: whole.length - 1 }), byte: fc.nat({ max: 255 }) });
    const damaged = fc
      .record({
        changes: fc.array(mutation, { maxLength: 4 }),
        length: fc.nat({ max: whole.length }),
        cut: fc.boolean(),
      })
      .map(({ changes, length, cut }) => {
        const bytes = Uint8Array.from(whole);
        for (const { at, byte } of changes) bytes[at] = byte;
        return cut ? bytes.subarray(0, length) : bytes;
      });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 64 })), (bytes) => {
        let tensors: ReturnType<typeof parseSafetensors>;
        try {
          tensors = parseSafetensors(bytes, "fuzzed");
        } catch (error) {
          assert.ok(error instanceof SparringError, String(error));
          return;
        }
        for (const { data } of tensors.values()) assert.equal(data.buffer, bytes.buffer, "tensors are views");
      }),
      { numRuns: 3000 },
    );
  });

  test("a header beyond the format's limit is not even decoded", () => {
    const bytes = new Uint8Array(100_000_020);
    new DataView(bytes.buffer).setUint32(0, 100_000_001, true);
    assert.throws(() => parseSafetensors(bytes, "m"), { message: /claims 100000001 bytes/ });
  });

  test("a header of one long string does not overflow the stack", () => {
    assert.throws(() => parseSafetensors(file(`{"${"a".repeat(20_000_000)}":1}`, 0), "m"), SparringError);
  });
});
