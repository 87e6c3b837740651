import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { z } from "zod";
import { notifications, requests } from "../../../daemon/protocol.ts";
import { protocolDocument } from "../../../daemon/server/protocol-document.ts";
import { TypeWriter } from "../../../daemon/server/type-text.ts";

describe("docs/protocol.md", () => {
  test("is what daemon/protocol.ts says (npm run protocol)", async () => {
    assert.equal(await readFile("docs/protocol.md", "utf8"), protocolDocument());
  });

  test("has every verb and notification", () => {
    const document = protocolDocument();
    for (const method of [...Object.keys(requests), ...Object.keys(notifications)]) {
      assert.ok(document.includes(`### ${method}\n`), method);
    }
  });
});

describe("a type in words", () => {
  const point = z.object({ x: z.number(), y: z.number().nullable().describe("null: on the axis") });

  test("shows optional fields, defaults, limits and descriptions", () => {
    const types = new TypeWriter({ Point: point });
    const schema = z.object({
      at: point,
      path: z.array(point).min(1),
      count: z.number().int().min(1).max(9).default(3),
      kind: z.enum(["a", "b"]).optional(),
      pair: z.tuple([z.unknown(), z.boolean()]),
      notes: z.record(z.string(), z.string()),
    });
    assert.equal(
      types.write(schema, "input"),
      `{
  at: Point;
  path: Point[]; // length at least 1
  count?: number; // whole, 1 to 9, default 3
  kind?: "a" | "b";
  pair: [unknown, boolean];
  notes: Record<string, string>;
}`,
    );
    assert.match(types.write(schema, "output"), /count: number/, "what comes back has its defaults");
    assert.equal(types.define(point), "{\n  x: number;\n  y: number | null; // null: on the axis\n}");
  });
});
