/** Imitation on the embedded engine: every algorithm, resume, fork, pause and kill −9 at iterations' boundaries, stages, bad data. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import type { Config } from "../../daemon/config/schema.ts";
import { SparringError } from "../../daemon/errors.ts";
import type { RunEvent } from "../../daemon/runs/events.ts";
import { forkRun, type RunOptions, resumeRun, startRun } from "../../daemon/runs/run.ts";
import type { AnswerRecord } from "../../daemon/store/records.ts";
import { Store } from "../../daemon/store/store.ts";
import { connectTo, startDaemon } from "./daemons.ts";
import { bench, finished } from "./restart.ts";

const rounds = 6;
const text = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, rounds: ${rounds} }
algorithm: { name: spin }
imitation: { data: "builtin:addition-pairs", records: 60, batch: 4, held_out: 4 }
solver: { max_tokens: 5 }
optimizer: { lr: 1.0e-3 }
eval: { every: 3, limit: 8 }
checkpoints: { every: 1, keep: 99 }
`;
const configOf = (...overrides: string[]): Config => {
  return parseConfig(text, { file: "imitation.sparring.yaml", overrides }).config;
};
/** Two rounds in place of three iterations. */
const plain = (name: string): string[] => [`algorithm.name=${name}`, "game.rounds=2"];

const problem =
  (code: string, next: RegExp = /./) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof SparringError, `${error}`);
    assert.equal(error.code, code);
    assert.match(error.next, next);
    return true;
  };

describe("imitation", () => {
  let home = "";
  let store: Store;
  const options = (id: string, more: Partial<RunOptions> = {}): RunOptions => ({
    home,
    id,
    onEvent: () => {},
    ...more,
  });

  /** Everything in a checkpoint, the opponents' folders included. */
  function files(run: string, round: number): Record<string, string> {
    const dir = join(home, "runs", run, "checkpoints", String(round).padStart(6, "0"));
    const paths = readdirSync(dir, { recursive: true, encoding: "utf8" }).map((path) => join(dir, path));
    const all = paths.filter((path) => statSync(path).isFile());
    return Object.fromEntries(all.map((path) => [relative(dir, path), readFileSync(path).toString("base64")]));
  }

  async function answersOf(run: string, round: number): Promise<AnswerRecord[]> {
    return (await store.readSamples(run, round)).flatMap(({ answers }) => answers);
  }

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "sparring-imitation-"));
    store = new Store(home);
    await startRun(configOf(), options("spin"));
    await startRun(configOf("algorithm.name=spac"), options("spac"));
  });
  after(() => rmSync(home, { recursive: true }));

  test("the opponent is the policy at the start of the iteration, and from the second on the one before, too", async () => {
    for (const [round, iteration] of [1, 1, 2, 2, 3, 3].map((each, i) => [i + 1, each] as const)) {
      const answers = await answersOf("spin", round);
      const isFirst = round % 2 === 1;
      const drift = Math.max(...answers.map(({ D }) => Math.abs(D!)));
      assert.ok(isFirst ? drift < 1e-4 : drift > 1e-3, `round ${round}: |D| ${drift}`);
      const authors = answers.filter(({ role }) => role === "generated").map(({ opponent }) => opponent);
      const before = Math.max(1, iteration - 1);
      assert.deepEqual(authors, [iteration, before, iteration, before], `round ${round}`);
    }
    const states = [1, 2, 3, 4, 5, 6].map((round) =>
      Object.keys(files("spin", round)).filter((file) => file.startsWith("opponents/") && file.endsWith("engine.json")),
    );
    const of = (iteration: number): string => `opponents/${iteration}/engine.json`;
    // The first opponent is the stage's reference, which needs no files.
    assert.deepEqual(states.slice(0, 3), [[], [], [of(2)]]);
    assert.deepEqual(states.slice(4), [
      [of(2), of(3)],
      [of(2), of(3)],
    ]);
    assert.equal(readdirSync(join(home, "runs", "spin")).includes("opponents"), false, "nothing is left beside");
  });

  test("an answer is drawn by its record, whenever its batch comes", async () => {
    const config = configOf("imitation.records=8", "imitation.batch=8", "imitation.held_out=0", "game.rounds=3");
    await startRun(config, options("epochs"));
    const texts = await Promise.all(
      [1, 2].map(async (round) => {
        const queries = await store.readSamples("epochs", round);
        return queries.map(({ line, answers }) => `${line} ${answers[1]!.text}`).toSorted();
      }),
    );
    // The first iteration has one round; the second mixes its answers in.
    const shared = texts[1]!.filter((each) => texts[0]!.includes(each));
    assert.ok(shared.length >= 4, `${texts.join(" | ")}`);
  });

  for (const name of ["sft", "spif", "dpo", "ipo"]) {
    test(`${name} trains, and its rounds are recorded`, async () => {
      await startRun(configOf(...plain(name), ...(name === "spif" ? ["imitation.iterations=1"] : [])), options(name));
      const [start, first, last] = await store.readRounds(name);
      assert.ok(start!.metrics["eval/real_logprob"]! < 0 && last!.metrics["eval/real_logprob"]! < 0);
      assert.notEqual(start!.metrics["eval/real_logprob"], last!.metrics["eval/real_logprob"]);
      assert.ok(first!.metrics["imitation/loss"]! > 0 && first!.metrics.grad_norm! > 0);
      const [query] = await store.readSamples(name, 1);
      const roles = {
        sft: ["real"],
        spif: ["real", "generated"],
        dpo: ["chosen", "rejected"],
        ipo: ["chosen", "rejected"],
      };
      assert.deepEqual(
        query!.answers.map(({ role }) => role),
        roles[name as keyof typeof roles],
      );
      assert.equal(query!.answers[0]!.text, query!.expected, "the data's answer is right");
      assert.equal(query!.answers[0]!.reward, 1);
      assert.equal(query!.answers[0]!.D === null, name === "sft");
      if (query!.answers[1]?.text !== query!.expected) assert.ok(query!.answers[0]!.advantage > 0, "made likelier");
    });
  }

  test("the run's record names its data; what was left out is told", async () => {
    const file = join(home, "data.jsonl");
    const records = Array.from({ length: 20 }, (_, i) => ({ prompt: `${i}+3=`, completion: String(i + 3) }));
    const lines = [...records.map((record) => JSON.stringify(record)), "{", JSON.stringify(records[0])];
    writeFileSync(file, lines.join("\n"));
    const warnings: string[] = [];
    const onEvent = (event: RunEvent): void => {
      if (event.type === "started") warnings.push(...event.warnings);
    };
    const config = configOf(...plain("sft")).imitation;
    const ofFile = { ...configOf(...plain("sft")), imitation: { ...config, data: file, records: undefined } };
    const controller = new AbortController();
    await startRun(ofFile, {
      ...options("file"),
      signal: controller.signal,
      onEvent: (event) => {
        onEvent(event);
        if (event.type === "round" && event.record.round === 1) controller.abort();
      },
    });
    const { data } = await store.readRun("file");
    assert.deepEqual([data?.source, data?.records, data?.heldOut], [file, 20, 2]);
    assert.deepEqual(
      data?.skipped.map(({ count, lines: where }) => [count, where]),
      [
        [1, [21]],
        [1, [22]],
      ],
    );
    assert.match(warnings.join("\n"), /1 record is left out, because it is not JSON \(line 21\)/);
    assert.match((await store.readRounds("file"))[0]!.notes.join("\n"), /Imitates 18 records/);

    writeFileSync(file, lines.slice(1).join("\n"));
    await assert.rejects(resumeRun(options("file")), problem("data/other-data", /Put the old file back/));
    writeFileSync(file, lines.join("\n"));
    assert.equal((await resumeRun(options("file"))).status, "finished");
  });

  test("data that can't be imitated are refused before a run is made", async () => {
    const refused = async (overrides: string[], code: string, next: RegExp): Promise<void> => {
      await assert.rejects(startRun(configOf(...overrides), options("refused")), problem(code, next));
      assert.equal(readdirSync(join(home, "runs")).includes("refused"), false);
    };
    const expert = "imitation.data=builtin:addition-expert";
    await refused(["algorithm.name=dpo", expert], "run/no-pairs", /addition-pairs/);
    await refused(["imitation.batch=70"], "run/batch-too-large", /at most 56/);
    await refused(["solver.max_tokens=4096"], "run/no-room", /solver\.max_tokens/);
    await refused(["imitation.data=builtin:poems"], "data/unknown-builtin", /addition-expert/);
    const nowhere = { ...configOf(), imitation: { ...configOf().imitation, data: join(home, "no.jsonl") } };
    await assert.rejects(startRun(nowhere, options("refused")), problem("data/not-found"));
  });

  for (const name of ["spin", "spac"]) {
    test(`${name}: stopped in an iteration, or between two, and resumed, it ends with the same bits; so do forks`, async () => {
      for (const stop of name === "spin" ? [3, 4, 5] : [5]) {
        const controller = new AbortController();
        const id = `${name}-stopped-${stop}`;
        const { rounds: played } = await startRun(configOf(`algorithm.name=${name}`), {
          ...options(id, { signal: controller.signal }),
          onEvent: (event) => {
            if (event.type === "progress" && event.round === stop && event.phase === "reference") controller.abort();
          },
        });
        assert.equal(played, stop - 1);
        await resumeRun(options(id));
        assert.deepEqual(files(id, rounds), files(name, rounds), id);
      }
      for (const round of [2, 3]) {
        await forkRun(name, round, [], options(`${name}-fork-${round}`));
        assert.deepEqual(files(`${name}-fork-${round}`, rounds), files(name, rounds), `fork of ${round}`);
        assert.deepEqual(await store.readSamples(`${name}-fork-${round}`, 6), await store.readSamples(name, 6));
      }
    });
  }

  test("an early stop ends the run before its last round, says so, and stays ended", async () => {
    // Any accuracy is enough here.
    const early = ["imitation.early_stop.accuracy=0.01", "imitation.early_stop.window=1", "game.rounds=12"];
    const { rounds: played } = await startRun(configOf(...early), options("early"));
    assert.ok(played < 12);
    const records = await store.readRounds("early");
    const last = records.at(-1)!;
    assert.match(last.notes.join("\n"), /Iteration 3 ends here, \d rounds early.*It is the run's last\./);
    assert.ok(last.metrics["eval/accuracy"] != null, "the last round is evaluated");
    assert.ok(Object.keys(files("early", played)).length > 0, "and has a checkpoint");
    assert.equal((await resumeRun(options("early"))).rounds, played);
  });

  test("stages: SFT → SPIN → LSP, and GRPO → SPIF", async () => {
    await forkRun("sft", 2, ["algorithm.name=spin", "game.rounds=8", "imitation.iterations=2"], options("stage-spin"));
    assert.deepEqual(
      (await store.readRounds("stage-spin")).slice(1).map(({ metrics }) => metrics["imitation/iteration"]),
      [1, 1, 1, 2, 2, 2],
    );
    assert.ok((await answersOf("stage-spin", 3)).every(({ D }) => Math.abs(D!) < 1e-4));
    const lsp = ["algorithm.name=lsp", "game.rounds=9", "game.queries=4", "game.answers=4", "challenger.max_tokens=8"];
    await forkRun("stage-spin", 8, lsp, options("stage-lsp"));
    const [query] = await store.readSamples("stage-lsp", 9);
    assert.equal(query!.line, undefined);
    const grpo = `${text
      .replace(/^imitation.*$/m, "")
      .replace("spin", "grpo")
      .replace(`rounds: ${rounds}`, "rounds: 1, queries: 4, answers: 4")}`;
    await startRun(parseConfig(grpo, { file: "grpo.sparring.yaml" }).config, options("grpo"));
    const spif = ["algorithm.name=spif", "game.rounds=4", "imitation.data=builtin:addition-expert"];
    await forkRun("grpo", 1, [...spif, "imitation.batch=4"], options("stage-spif"));
    assert.equal((await store.readRounds("stage-spif")).at(-1)!.metrics["imitation/iteration"], 3);
    await assert.rejects(
      forkRun("grpo", 1, spif.with(1, "game.rounds=3"), options("short")),
      problem("run/too-few-rounds", /game\.rounds=4/),
    );
  });

  test("paused in the round that begins an iteration it keeps its bits", async (t) => {
    const supervised = await bench(t);
    const { runs } = supervised;
    await runs.start({ run: "paused", config: { ...configOf() } });
    await supervised.until(() => runs.progress("paused")?.round === 3 && runs.progress("paused")?.phase === "solve");
    await runs.pause({ run: "paused" });
    await runs.resume({ run: "paused" });
    await finished(supervised, "paused");
    const dir = join(supervised.home, "runs", "paused", "checkpoints", "000006");
    assert.equal(
      readFileSync(join(dir, "model.safetensors")).toString("base64"),
      files("spin", rounds)["model.safetensors"],
    );
  });

  test("killed with SIGKILL where an iteration begins it goes on with the same bits", async (t) => {
    const daemon = await startDaemon(t);
    const client = await daemon.connect();
    const begun = new Promise<void>((resolve) => {
      client.on("sparring/round/progress", ({ round }) => {
        // Snapshots may skip a round.
        if (round >= 3) resolve();
      });
    });
    await client.request("sparring/run/start", { run: "killed", config: { ...configOf() } });
    await client.request("sparring/run/watch", { run: "killed" });
    await begun;
    daemon.child.kill("SIGKILL");
    await once(daemon.child, "exit");
    const again = await startDaemon(t, daemon.home);
    const other = await connectTo(t, again.home);
    const ended = new Promise<string>((resolve) => {
      other.on("sparring/run/changed", ({ state }) => {
        if (state === "finished" || state === "failed") resolve(state);
      });
    });
    await other.request("sparring/run/resume", { run: "killed" });
    assert.equal(await ended, "finished");
    const dir = join(daemon.home, "runs", "killed", "checkpoints", "000006");
    assert.equal(
      readFileSync(join(dir, "model.safetensors")).toString("base64"),
      files("spin", rounds)["model.safetensors"],
    );
  });
});
