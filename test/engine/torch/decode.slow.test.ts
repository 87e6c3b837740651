import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { missing, python } from "./python.ts";

/* Every way of decoding draws the same; decode.py runs them in one process. */

interface Answer {
  readonly tokens: number[];
  readonly logprobs: number[];
  readonly stopped: boolean;
}

interface Variants {
  /** What each way drew, and how many rows each of its steps had. */
  readonly ways: Readonly<Record<string, { readonly answers: Answer[]; readonly rows: number[] }>>;
  /** Log-probabilities of the answers drawn with shared prompts and prefix, from whole texts. */
  readonly trained: number[][];
}

interface Report {
  /** On the CPU, and on a CUDA GPU where there is one; float32. */
  readonly variants: Variants[];
  /** On the CPU in bfloat16. */
  readonly rough: Variants;
  readonly aborted: [Answer[], Answer[]];
  readonly draws: { readonly vocabulary: number; readonly others: number; readonly error: number }[];
}

function largestDifference(a: readonly number[][], b: readonly number[][]): number {
  return Math.max(...a.flatMap((row, i) => row.map((value, t) => Math.abs(value - b[i]![t]!))));
}

const logprobsOf = (answers: Answer[]): number[][] => answers.map(({ logprobs }) => logprobs);
const tokensOf = (answers: Answer[]): unknown => answers.map(({ tokens, stopped }) => [tokens, stopped]);

describe("decoding", { skip: missing }, () => {
  let report: Report;
  before(() => {
    const [script, worker] = ["./decode.py", "../../../daemon/engine/torch/worker"].map((path) =>
      fileURLToPath(new URL(path, import.meta.url)),
    );
    // Threads that wait awake would make a busy machine slow.
    const env = { ...process.env, OMP_NUM_THREADS: "1", OMP_WAIT_POLICY: "PASSIVE" };
    const run = spawnSync(python, ["-B", script!, worker!], { encoding: "utf8", maxBuffer: 2 ** 26, env });
    assert.equal(run.status, 0, run.stderr);
    report = JSON.parse(run.stdout);
  });

  test("draws the same whatever is shared, padded, looked at or done at once", () => {
    for (const { ways } of report.variants) {
      for (const [name, { answers }] of Object.entries(ways)) {
        const plain = ways[name.endsWith("most likely") ? "plain, the most likely" : "plain"]!.answers;
        assert.deepEqual(tokensOf(answers), tokensOf(plain), name);
        const difference = largestDifference(logprobsOf(answers), logprobsOf(plain));
        assert.ok(difference < 2e-5, `${name}: ${difference}`);
      }
    }
  });

  test("draws answers that stop at different times, and some that are cut", () => {
    const { ways } = report.variants[0]!;
    const lengths = new Set(ways.plain!.answers.map(({ tokens }) => tokens.length));
    assert.ok(lengths.size > 8 && Math.max(...lengths) > 32, `${[...lengths]}`);
    const cut = ways["plain, the most likely"]!.answers.filter(({ stopped }) => !stopped);
    assert.ok(cut.length > 0 && cut.every(({ tokens }) => tokens.length === 70));
  });

  test("drops rows that ended, down to sizes that return where there are buckets", () => {
    const { ways } = report.variants[0]!;
    assert.equal(ways["shared prompts and prefix"]!.rows[0], 37);
    const { rows } = ways.buckets!;
    assert.equal(rows[0], 64);
    assert.ok(rows.at(-1)! < 16, `${rows}`);
    for (const [step, count] of rows.entries()) {
      assert.ok(Number.isInteger(Math.log2(count)) && count <= (rows[step - 1] ?? count), `${rows}`);
    }
    assert.ok(ways["seven rows at once"]!.rows.every((count) => count <= 7));
    assert.ok(ways["little memory"]!.rows.every((count) => count < 37));
  });

  test("measures what a pass over the whole text measures", () => {
    for (const { ways, trained } of report.variants) {
      const sampled = logprobsOf(ways["shared prompts and prefix"]!.answers);
      const difference = largestDifference(sampled, trained);
      assert.ok(difference < 1e-4, `${difference} nat`);
    }
  });

  test("in bfloat16 is near what a pass over the whole text measures: KL below 2e-3", (context) => {
    const sampled = logprobsOf(report.rough.ways["shared prompts and prefix"]!.answers).flat();
    const ratios = report.rough.trained.flat().map((logprob, i) => logprob - sampled[i]!);
    // The estimator without bias whose terms are all positive: r − 1 − log r (Schulman 2020).
    const divergence = ratios.reduce((sum, each) => sum + Math.exp(each) - 1 - each, 0) / ratios.length;
    context.diagnostic(`KL ${divergence.toExponential(1)}`);
    assert.ok(divergence < 2e-3, `${divergence}`);
  });

  test("after one that was cut off draws as if there had been none", () => {
    assert.deepEqual(report.aborted[0], report.aborted[1]);
    assert.deepEqual(report.aborted[1], report.variants[0]!.ways["shared prompts and prefix"]!.answers);
  });

  test("inverts the distribution function: the tokens that plain arithmetic in double precision draws", () => {
    for (const { vocabulary, others, error } of report.draws) {
      assert.equal(others, 0, `of ${vocabulary}`);
      assert.ok(error < 1e-5, `${vocabulary}: ${error}`);
    }
  });
});
