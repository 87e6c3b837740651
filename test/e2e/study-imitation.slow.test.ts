/** The study of imitation with the real program, cut to two rounds an iteration: what it reads from rounds and samples is there. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { Terminal } from "./cli.ts";

const terminal = new Terminal();
after(() => terminal.close());

test("the study of imitation measures rewards, tokens and the expert's likelihood of every algorithm", async () => {
  const out = join(terminal.folder, "out");
  const settings = ["game.rounds=6", "eval.every=2", "eval.limit=16", "optimizer.warmup_rounds=0"];
  // One seed each.
  const arms = ["sft-lr1e-3", "spin-lr1e-3", "spac-lr1e-3", "dpo-lr1e-3"];
  const { runs } = await terminal.json(["study", "imitation", "--only", arms.join(","), ...settings, "--out", out]);
  assert.deepEqual(
    runs.map(({ arm, finished }: Record<string, unknown>) => [arm, finished]),
    arms.map((arm) => [arm, true]),
  );
  const [sft, ...others] = runs.map(({ values }: { values: Record<string, number | null> }) => values);
  assert.deepEqual([sft.expert, sft.beyond, sft.generated], [null, null, 0]);
  assert.ok(sft.logprob < 0 && sft.tokens > 48);
  for (const values of others) {
    assert.ok(values.least < 0 && values.greatest > 0 && values.beyond >= 0 && values.beyond <= 1);
    // 48 answers of at least a digit and the end.
    assert.ok(values.tokens >= 96);
  }
  assert.deepEqual(
    others.map((values: Record<string, number>) => values.generated! > 0),
    [true, true, false],
  );

  const [name] = readdirSync(out);
  const report = readFileSync(join(out, name!, "results.md"), "utf8");
  assert.match(report, /^\| arm \| log π \| r expert \|.*\\\|r\\\| \\> 1 /m);
  assert.match(report, /^- divergent, \*\*unlikely\*\*: /m);
  assert.ok(readdirSync(join(out, name!)).includes("stability-spin.svg"));
});
