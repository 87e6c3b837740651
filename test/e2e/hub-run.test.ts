/** A run whose model comes from the hub: it is downloaded when the run's turn comes, seen, cancelled, and pinned. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import type { RunState } from "../../daemon/protocol.ts";
import { Supervisor } from "../../daemon/runs/control/supervisor.ts";
import { FakeHub } from "../unit/models/hub/fake-hub.ts";

const text = `
model: { path: org/tiny }
engine: { threads: 1 }
game: { task: addition, queries: 4, answers: 4, rounds: 2 }
algorithm: { name: lsp, alpha_challenger: 0.25 }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
eval: { every: 2, limit: 16 }
`;
const { config } = parseConfig(text, { file: "hub.sparring.yaml" });

describe("a run with a model of the hub", () => {
  let folder = "";
  let hub: FakeHub;
  let runs: Supervisor;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "sparring-hub-run-"));
    const weights = new URL("../../daemon/models/nano/weights/", import.meta.url).pathname;
    hub = await FakeHub.start(
      Object.fromEntries(readdirSync(weights).map((name) => [name, readFileSync(join(weights, name))])),
    );
    process.env.HF_ENDPOINT = hub.url;
    process.env.HF_HOME = join(folder, "hf");
    runs = await Supervisor.open({ home: join(folder, "home"), log: () => {} });
  });
  after(async () => {
    await runs.close();
    await hub.stop();
    rmSync(folder, { recursive: true });
  });

  async function reached(id: string, state: RunState): Promise<void> {
    if ((await runs.overview(id)).state === state) return;
    await new Promise<void>((resolve, reject) => {
      runs.on("changed", (overview) => {
        if (overview.id !== id) return;
        if (overview.state === state) resolve();
        if (overview.state === "failed") reject(new Error(JSON.stringify(overview.problem)));
      });
    });
  }

  test("can be stopped during the download, and goes on with what has come", async () => {
    hub.fault = ({ url, method }) =>
      method === "GET" && url.includes("safetensors") ? { kind: "stall", after: 500_000 } : undefined;
    const downloading = new Promise<void>((resolve) => {
      runs.on("progress", (id) => {
        const progress = runs.progress(id);
        if (progress?.phase === "download" && progress.done >= 500_000 && progress.total > progress.done) resolve();
      });
    });
    await runs.start({ run: "mine", config: { ...config } });
    await downloading;
    assert.equal(runs.progress("mine")!.state, "starting");
    assert.equal((await runs.stop({ run: "mine" })).state, "stopped");
    hub.fault = () => undefined;
    await runs.resume({ run: "mine" });
    await reached("mine", "finished");
    const ranges = hub.asked.flatMap(({ headers }) => headers.range ?? []);
    assert.ok(ranges.length > 0, "the second attempt asked for the rest only");
  });

  test("is recorded with the commit, so that a resume or a fork takes the same weights without the hub", async () => {
    const { record } = await runs.get({ run: "mine" });
    const { path, reference } = record!.config.model as { path: string; reference: string };
    assert.deepEqual([path, reference], [`org/tiny@${hub.commit}`, "stage"]);
    const asked = hub.asked.length;
    await runs.fork({ run: "more", parent: "mine", settings: ["game.rounds=3"] });
    await reached("more", "finished");
    assert.equal(hub.asked.length, asked);
  });
});
