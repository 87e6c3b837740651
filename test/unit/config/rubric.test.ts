import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseConfig } from "../../../daemon/config/load.ts";
import { SparringError } from "../../../daemon/errors.ts";

const judged = `model: {path: builtin:nano}
game: {task: open}
algorithm: {name: lsp-zero}
judge.reward.kind: rubric
`;
const rubricOf = (...overrides: string[]) => parseConfig(judged, { file: "a.yaml", overrides }).config.judge.rubric;

describe("the rubric's mode", () => {
  test("is the paper's unless said otherwise, and nothing is compared", () => {
    const { mode, compare } = rubricOf();
    assert.deepEqual([mode, compare], ["generate", 0]);
  });

  test("criterion-logits writes nothing, so that how it writes is not asked: unless it is compared with words", () => {
    const logits = "judge.rubric.mode=criterion-logits";
    assert.equal(rubricOf(logits).mode, "criterion-logits");
    for (const setting of ["judge.rubric.temperature=0", "judge.rubric.max_tokens=9"]) {
      assert.throws(
        () => rubricOf(logits, setting),
        (error: unknown) =>
          error instanceof SparringError && /with criterion-logits the judge writes nothing/.test(error.message),
      );
      assert.equal(rubricOf(logits, "judge.rubric.compare=1", setting).compare, 1);
    }
  });
});
