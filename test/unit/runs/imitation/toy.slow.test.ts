/**
 * The convergence table of the design (algorithms.md, section 9) through the code that trains: iterations, opponents, batches and
 * gradients are the product's. The policy is a softmax over three outcomes, the data are p, and the inner problem is solved
 * by many rounds on all records. What is generated is not drawn but stratified: each outcome as often as the policy says.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseConfig } from "../../../../daemon/config/load.ts";
import type { Dataset } from "../../../../daemon/data/record.ts";
import type { Engine, GradientOf, PolicyId, SampleRequest, Sequence } from "../../../../daemon/engine/engine.ts";
import type { ImitationGame } from "../../../../daemon/runs/game.ts";
import { ImitationPlay } from "../../../../daemon/runs/imitation/play.ts";
import { imitationAlgorithms } from "../../../../daemon/selfplay/registry.ts";
import { findTask } from "../../../../daemon/tasks/registry.ts";

const p = [0.7, 0.2, 0.1];
const start = [0.2, 0.3, 0.5];
/** Records of each tenth of p; what is generated has this resolution. */
const strata = 50;
const roundsPerIteration = 80;

/** Softmax over three outcomes, which are tokens 0 to 2; every answer is one of them and the end token, which is certain. */
class ToyEngine
  implements Pick<Engine, "snapshot" | "release" | "sample" | "logprobs" | "updateUnits" | "step" | "save">
{
  #logits = start.map(Math.log);
  readonly #policies = new Map<PolicyId, readonly number[]>([["reference", this.#logits]]);
  #gradient = [0, 0, 0];
  /** Gradient descent: below 2 over the largest curvature of the loss. */
  readonly #rate: number;

  constructor(rate: number) {
    this.#rate = rate;
  }

  probabilities(policy: PolicyId = "current"): number[] {
    const logits = policy === "current" ? this.#logits : this.#policies.get(policy)!;
    const exponentials = logits.map(Math.exp);
    const sum = exponentials.reduce((a, b) => a + b);
    return exponentials.map((each) => each / sum);
  }

  async snapshot(): Promise<PolicyId> {
    const id = `snapshot-${this.#policies.size}` as const;
    this.#policies.set(id, [...this.#logits]);
    return id;
  }

  async release(policy: PolicyId): Promise<void> {
    this.#policies.delete(policy);
  }

  async save(): Promise<void> {}

  /** The records of a tenth of p are its strata: record r gets the outcome at the middle of stratum r mod strata. */
  async sample(requests: readonly SampleRequest[], { policy }: { readonly policy: PolicyId }) {
    const [a, b] = this.probabilities(policy) as [number, number, number];
    return requests.map(({ key }) => {
      const u = ((key.query % strata) + 0.5) / strata;
      const outcome = u < a ? 0 : u < a + b ? 1 : 2;
      return { tokens: Int32Array.of(outcome, 3), logprobs: new Float32Array(2), stop: "stop" as const };
    });
  }

  async logprobs(sequences: readonly Sequence[], { policy }: { readonly policy: PolicyId }): Promise<Float32Array[]> {
    const rows = this.probabilities(policy).map((each) => Float32Array.of(Math.log(each), 0));
    return sequences.map(({ response }) => rows[response[0]!]!);
  }

  async updateUnits(batch: readonly Sequence[], units: readonly (readonly number[])[], gradient: GradientOf) {
    const probabilities = this.probabilities();
    const logprobs = await this.logprobs(batch, { policy: "current" });
    for (const unit of units) {
      const rows = gradient(
        unit.map((index) => logprobs[index]!),
        unit,
      );
      for (const [r, index] of unit.entries()) {
        // d log π(y) / d logit_k = [k = y] − π_k
        for (const [k, probability] of probabilities.entries()) {
          this.#gradient[k]! += rows[r]![0]! * (Number(batch[index]!.response[0] === k) - probability);
        }
      }
    }
    return { sequences: batch.length, tokens: 2 * batch.length, microBatches: 1, objective: 0 };
  }

  async step() {
    this.#logits = this.#logits.map((logit, k) => logit - this.#rate * this.#gradient[k]!);
    this.#gradient = [0, 0, 0];
    return { step: 0, gradNorm: 0 };
  }
}

/** Half the sum of differences. */
function totalVariation(q: readonly number[]): number {
  return q.reduce((sum, each, k) => sum + Math.abs(each - p[k]!), 0) / 2;
}

/** Each tenth of p, `strata` times. */
const outcomes = p.flatMap((share, k) => Array<number>(Math.round(10 * share) * strata).fill(k));
const dataset = {
  source: "toy",
  count: outcomes.length,
  record: async (index: number) => {
    return { prompt: [{ role: "user", content: "?" }], chosen: String(outcomes[index]), line: index + 1 };
  },
} as unknown as Dataset;
const tokenizer = {
  renderPrompt: () => [0],
  encode: (text: string) => [Number(text)],
  eosToken: 3,
  stopTokens: [3],
  decode: String,
};

describe("iterations on a policy over three outcomes", () => {
  let dir = "";
  before(() => {
    dir = mkdtempSync(join(tmpdir(), "sparring-toy-"));
  });
  after(() => rmSync(dir, { recursive: true }));

  /** TV(π_t, p) at the start and after each iteration. */
  async function distances(name: "spin" | "spif", beta: number, iterations: number): Promise<number[]> {
    const text = `
model: { path: "builtin:nano" }
game: { task: open, rounds: ${iterations * roundsPerIteration} }
algorithm: { name: ${name} }
imitation: { data: toy.jsonl, batch: ${outcomes.length}, iterations: ${iterations}, beta: ${beta}, held_out: 0, mix_previous: false }
eval: { every: 1000000 }
`;
    const engine = new ToyEngine((name === "spin" ? 4 : 1) / beta ** 2);
    const game = {
      kind: "imitation",
      config: parseConfig(iterations === 1 ? text.replace(", mix_previous: false", "") : text, { file: "toy.yaml" })
        .config,
      algorithm: imitationAlgorithms[name],
      engine: engine as unknown as Engine,
      task: findTask("open"),
      tokenizer,
      seed: 1,
    } as unknown as ImitationGame;
    const split = { training: Uint32Array.from(outcomes.keys()), heldOut: new Uint32Array(0) };
    const data = { dataset, split, facts: {} as never, summary: "", warnings: [], close: async () => {} };
    const play = new ImitationPlay(game, data, dir);
    const found = [totalVariation(engine.probabilities())];
    const options = { onProgress: () => {}, now: () => 0, weightsAreFree: Promise.resolve() };
    for (let round = 1; round <= play.lastRound(); round++) {
      await play.play(round, options);
      if (round % roundsPerIteration === 0) found.push(totalVariation(engine.probabilities()));
    }
    await play.close();
    return found;
  }

  const table = [
    { name: "spin", beta: 1, expected: [0.5, 0] },
    { name: "spin", beta: 2, expected: [0.5, 0.256003, 0.12018] },
    { name: "spif", beta: 0.5, expected: [0.5, 0.04493, 0.000204] },
    { name: "spif", beta: 1, expected: [0.5, 0.298077, 0.147465] },
  ] as const;
  for (const { name, beta, expected } of table) {
    test(`${name} with β = ${beta}: ${expected.join(", ")}`, async () => {
      const found = await distances(name, beta, expected.length - 1);
      for (const [t, each] of expected.entries()) {
        // Half a stratum is the resolution of what is generated.
        assert.ok(Math.abs(found[t]! - each) < 0.5 / strata, `after iteration ${t}: ${found.join(", ")}`);
      }
    });
  }

  for (const [name, beta] of [
    ["spin", 0.4],
    ["spif", 0.2],
  ] as const) {
    test(`${name} with β = ${beta} oscillates: it runs past p, and does not come to rest there`, async () => {
      const found = await distances(name, beta, 3);
      assert.ok(Math.max(...found.slice(1)) > 0.1, `${found}`);
      assert.ok(found[3]! > found[2]! || found[2]! > found[1]!, `${found}`);
    });
  }
});
