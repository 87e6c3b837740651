import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { additionData, type BuiltInData } from "../../daemon/data/addition.ts";
import { openData } from "../../daemon/data/open.ts";
import type { Dataset } from "../../daemon/data/record.ts";
import { wrongSums } from "../../daemon/data/wrong-sum.ts";
import { streamUniform } from "../../daemon/engine/random.ts";
import { resolveModel } from "../../daemon/models/resolve.ts";
import { ChatTokenizer } from "../../daemon/models/tokenizer.ts";
import { findTask } from "../../daemon/tasks/registry.ts";
import { trainingSums } from "../../daemon/tasks/sums.ts";
import { allRecords, found } from "./files.ts";

const task = findTask("addition");
const game = { sums: trainingSums, solverPrompt: task.solverPrompt };

function generated(name: BuiltInData, seed: number, count?: number): Dataset {
  return additionData(name, { game, count, uniform: (index) => streamUniform(seed, "data", index) });
}

describe("generated sums", () => {
  test("are all training tasks, each once, with right answers", async () => {
    const records = await allRecords(generated("builtin:addition-expert", 1));
    const queries = records.map(({ prompt }) => prompt[0]!.content.replace(/=$/, ""));
    assert.equal(new Set(queries).size, trainingSums.length);
    for (const [i, query] of queries.entries()) {
      const { prompt, chosen, rejected } = records[i]!;
      assert.deepEqual(prompt, task.solverPrompt(query));
      assert.equal(task.isHeldOut(query), false, query);
      assert.equal(task.verify(query, chosen), 1, query);
      assert.equal(rejected, undefined);
    }
  });
  test("as pairs have a wrong answer that is a number", async () => {
    const dataset = generated("builtin:addition-pairs", 1, 500);
    assert.equal(dataset.hasRejected, true);
    for (const { prompt, rejected } of await allRecords(dataset)) {
      assert.match(rejected!, /^(0|[1-9]\d*)$/);
      assert.equal(task.verify(prompt[0]!.content.replace(/=$/, ""), rejected!), 0);
    }
  });
  test("are the same for a seed, and the first of more are the same", async () => {
    const [some, more, others] = [generated("builtin:addition-pairs", 3, 20), 40, 20].map((each, i) =>
      typeof each === "number" ? generated("builtin:addition-pairs", i === 1 ? 3 : 4, each) : each,
    );
    assert.deepEqual(await allRecords(some!), (await allRecords(more!)).slice(0, 20));
    assert.notDeepEqual(await allRecords(some!), await allRecords(others!));
    assert.equal(some!.fingerprint, generated("builtin:addition-pairs", 3, 20).fingerprint);
    assert.notEqual(some!.fingerprint, others!.fingerprint);
  });
  test("are as many as there are sums, at most", () => {
    assert.throws(() => generated("builtin:addition-expert", 1, 10_001), { code: "data/too-many" });
  });
  test("are opened by their names, and no others", async () => {
    const options = { relativeTo: "/", game, uniform: () => 0 };
    const { kind } = await openData("builtin:addition-pairs", options);
    assert.equal(kind, "builtin:addition-pairs");
    await assert.rejects(openData("builtin:addition", options), { code: "data/unknown-builtin" });
  });
  test("that are too long for a limit are skipped, and their answers keep their end", async () => {
    const { dir } = await resolveModel("builtin:nano", "/");
    const encoder = await ChatTokenizer.load(dir);
    const limited = (maxTokens: number): Dataset =>
      additionData("builtin:addition-expert", {
        game: {
          ...game,
          sums: [
            { a: 1, b: 2 },
            { a: 50, b: 60 },
          ],
        },
        uniform: () => 0.999,
        limit: { encoder, maxTokens },
      });
    // <begin> <user> 1 + 2 = <assistant> and 3 <end>; the other has 9 and 4.
    assert.deepEqual([limited(13).count, limited(12).count, limited(9).count], [2, 1, 1]);
    assert.deepEqual(found(limited(12).skipped), ["too-long: 2"]);
    assert.throws(() => limited(8), { code: "data/none-fits" });
  });
});

describe("wrong sums", () => {
  test("are what people write", () => {
    assert.deepEqual(wrongSums(47, 38), ["84", "86", "75", "58"]);
    assert.deepEqual(wrongSums(58, 85), ["142", "144", "133", "134"]);
    assert.deepEqual(wrongSums(0, 0), ["1"]);
    assert.deepEqual(wrongSums(20, 20), ["39", "41"]);
  });
  test("are wrong, different, and at least one", () => {
    const operand = fc.integer({ min: 0, max: 99 });
    fc.assert(
      fc.property(operand, operand, (a, b) => {
        const wrong = wrongSums(a, b);
        assert.ok(wrong.length > 0);
        assert.equal(new Set(wrong).size, wrong.length);
        for (const text of wrong) assert.equal(task.verify(`${a}+${b}`, text), 0);
      }),
    );
  });
});
