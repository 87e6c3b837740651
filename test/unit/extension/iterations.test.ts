import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { Progress } from "../../../daemon/protocol.ts";
import { Daemon } from "../../../extension/daemon/daemon.ts";
import { validLink } from "../../../extension/daemon/valid-link.ts";
import { Iterations } from "../../../extension/runs/iterations.ts";
import { statusOf } from "../../../extension/runs/status-text.ts";
import { runFace } from "../../../extension/runs/tree-model.ts";
import { firstSentence } from "../../../extension/text/first-sentence.ts";
import { FakeLink, overview } from "./fakes.ts";

function progressOf(finished: number | null): Progress {
  return {
    ...{ run: "spin", state: "running", round: (finished ?? -1) + 1, rounds: 120, finished, phase: "solve" },
    ...{ done: 1, total: 4, phaseSeconds: 1, usualPhaseSeconds: 2, elapsedSeconds: 9, remainingSeconds: 90 },
    device: "CPU, 2 threads",
  };
}

/** A daemon whose runs begin an iteration every 40 rounds, of three that are planned. */
async function connected(): Promise<{ readonly daemon: Daemon; readonly link: FakeLink }> {
  const link = new FakeLink((method, params) => {
    if (method === "sparring/run/get") {
      const lineage = { root: "spin", seed: 1, changes: {} };
      const config = { imitation: { data: "builtin:addition-expert", iterations: 3 } };
      return {
        overview: overview("spin"),
        dir: "/h",
        config,
        lineage,
        record: null,
        checkpoints: [],
        progress: null,
        notes: [],
      };
    }
    const round = (params as { after: number }).after + 1;
    return { rounds: [round], series: { "imitation/iteration": [round === 0 ? null : Math.ceil(round / 40)] } };
  });
  const daemon = new Daemon({
    open: async () => validLink(link),
    startsUnasked: () => true,
    wait: async () => {},
    log: () => {},
  });
  const isConnected = new Promise<void>((resolve) => daemon.onState((state) => state === "connected" && resolve()));
  daemon.start();
  await isConnected;
  return { daemon, link };
}

describe("the iterations of a run", () => {
  test("are asked for after a finished round, the plan once", async () => {
    const { daemon, link } = await connected();
    const iterations = new Iterations(daemon);
    const run = overview("spin", { algorithm: "spin" });
    assert.equal(await iterations.follow(run, progressOf(null)), false);
    assert.equal(await iterations.follow(run, progressOf(0)), false);
    assert.equal(iterations.of("spin"), undefined);
    assert.equal(await iterations.follow(run, progressOf(40)), true);
    assert.deepEqual(iterations.of("spin"), { now: 1, of: 3 });
    assert.equal(await iterations.follow(run, progressOf(41)), true);
    assert.equal(await iterations.follow(run, progressOf(42)), false);
    assert.deepEqual(iterations.of("spin"), { now: 2, of: 3 });
    assert.equal(link.asked.filter(({ method }) => method === "sparring/run/get").length, 1);
    await daemon.dispose();
  });

  test("are asked of no run of a game of rewards, and by one question at a time", async () => {
    const { daemon, link } = await connected();
    const iterations = new Iterations(daemon);
    const before = link.asked.length;
    await iterations.follow(overview("lsp", { algorithm: "lsp" }), progressOf(40));
    assert.equal(link.asked.length, before);
    const run = overview("spin", { algorithm: "spin" });
    const answers = await Promise.all([iterations.follow(run, progressOf(40)), iterations.follow(run, progressOf(41))]);
    assert.deepEqual(answers, [true, false]);
    await daemon.dispose();
  });

  test("are in the status item and in the tree", () => {
    const run = overview("spin", { state: "running", algorithm: "spin", round: 40, rounds: 120 });
    const iteration = { now: 2, of: 3 };
    const status = statusOf({ connection: "connected", run, progress: progressOf(40), iteration });
    assert.equal(status.text, "$(sync~spin) spin · iteration 2 of 3 · 41/120 · solve · 2 min");
    assert.ok(status.facts.includes("Iteration 2 of 3, round 41 of 120 on CPU, 2 threads"), status.facts.join("\n"));
    const face = runFace(run, false, progressOf(40), iteration);
    assert.equal(face.description, "running · iteration 2 of 3 · 40/120");
    assert.match(face.tooltip!, /^iteration 2 of 3, round 40 of 120 finished$/m);
    assert.equal(runFace(run, false).description, "running · 40/120");
  });
});

test("every example says in a line what it is about", () => {
  const names = readdirSync("examples").filter((name) => name.endsWith(".sparring.yaml"));
  assert.ok(["spin", "spif", "spac", "dpo", "sft"].every((name) => names.includes(`${name}.sparring.yaml`)));
  for (const name of names) {
    const sentence = firstSentence(readFileSync(`examples/${name}`, "utf8"));
    assert.ok(sentence.length > 10 && sentence.length < 140, `${name}: ${sentence}`);
  }
  assert.equal(firstSentence("# SPIN (2401.01335), on sums: it\n# learns.\n\nmodel:\n"), "SPIN (2401.01335), on sums");
  assert.equal(firstSentence("model:\n"), "");
});
