import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RoundDocuments } from "../../../daemon/documents/round-documents.ts";
import { queryOf, recordOf, scoringConfig } from "./records.ts";

/** A store of rounds that notes what is read. */
function sourceOf(): { read: string[]; version: string; fails: boolean; documents: RoundDocuments } {
  const state = { read: [] as string[], version: "1", fails: false };
  const documents = new RoundDocuments({
    version: async () => state.version,
    facts: async (run, round) => {
      state.read.push(`${run}/${round}`);
      if (state.fails) throw new Error("torn");
      return {
        run,
        name: run,
        verified: true,
        config: scoringConfig,
        record: recordOf(round),
        queries: [queryOf(0, `q${state.read.length}`)],
      };
    },
  });
  return Object.assign(state, { documents });
}

describe("rounds that are open in editors", () => {
  test("are read once, also by requests at the same time", async () => {
    const { documents, read } = sourceOf();
    const [one, other] = await Promise.all([documents.get("a", 1), documents.get("a", 1)]);
    assert.equal(one, other);
    assert.deepEqual(read, ["a/1"]);
  });

  test("are read again after they were played again", async () => {
    const source = sourceOf();
    const before = await source.documents.get("a", 1);
    source.version = "2";
    const after = await source.documents.get("a", 1);
    assert.notEqual(before.text, after.text);
  });

  test("are not kept for ever", async () => {
    const { documents, read } = sourceOf();
    for (const round of [1, 2, 3, 4, 5, 1]) await documents.get("a", round);
    assert.deepEqual(read.slice(-2), ["a/5", "a/1"]);
  });

  test("are read again after a failure", async () => {
    const source = sourceOf();
    source.fails = true;
    await assert.rejects(source.documents.get("a", 1), /torn/);
    source.fails = false;
    assert.match((await source.documents.get("a", 1)).text, /q2/);
  });
});
