import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { studyLine } from "../../../daemon/cli/study/progress.ts";
import { StudyView } from "../../../daemon/cli/study/view.ts";
import { plain } from "../../../daemon/cli/text/colours.ts";
import { width } from "../../../daemon/cli/text/fit.ts";
import { SparringError } from "../../../daemon/errors.ts";
import type { Method } from "../../../daemon/protocol.ts";
import { type Outcome, sparring } from "./fake-cli.ts";
import { FakeDaemon } from "./fake-daemon.ts";
import { fakeConfig, fakeOverview, fakeProgress, fakeQuery } from "./fake-run.ts";

/** Two arms of one seed each, two rounds: two short runs. */
const small = ["study", "lsp-vs-zero", "--only", "zero-long,lsp-long", "game.rounds=2"] as const;
const id = (arm: string): string => [...idsOf].find((each) => each.includes(`.${arm}.`))!;
const idsOf = new Set<string>();

/** Runs a command line, and keeps the ids of the runs that it starts. */
async function study(daemon: FakeDaemon, args: readonly string[] = small, world = {}): Promise<Outcome> {
  const outcome = await sparring(args, { daemon, columns: 200, ...world });
  for (const run of daemon.runs.keys()) idsOf.add(run);
  return outcome;
}

/** Runs that were asked for by a method, in order, since so many requests. */
function asked(daemon: FakeDaemon, method: Method, since = 0): string[] {
  return daemon.calls
    .slice(since)
    .flatMap(([name, params]) => (name === method ? [(params as { run: string }).run] : []));
}

describe("study", () => {
  test("without a name says which there are", async () => {
    const { code, stdout, calls } = await sparring(["study"]);
    assert.deepEqual([code, calls.length], [0, 0]);
    assert.match(stdout, /^lsp-vs-zero {2}47 runs {2}Does Language Self-Play need its self-reward\?$/m);
    assert.equal(JSON.parse((await sparring(["study", "--json"])).stdout)[0].name, "lsp-vs-zero");
  });

  test("queues every run of the plan, follows them, and prints the tables", async () => {
    const daemon = new FakeDaemon();
    const { code, stdout, stderr } = await study(daemon);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual(asked(daemon, "sparring/run/start"), [id("zero-long"), id("lsp-long")]);
    assert.match(stdout, /^lsp-vs-zero\.x[0-9a-f]{8}: 0 of 2 runs are finished, 2 to begin\.$/m);
    assert.match(stdout, /^2\/2 runs {2}lsp-vs-zero\.x[0-9a-f]{8}\.[a-z]+-long\.1 {2}35\.0 % → 56\.0 %$/m);
    assert.match(stdout, /^Three times the length$/m);
    assert.match(stdout, /^lsp-long +1 +35\.0 % +55\.0 % +\+20\.0 +no +LSP, 900 rounds$/m);
  });

  test("reuses what is finished, and lets go on what is not", async () => {
    const daemon = new FakeDaemon();
    await study(daemon);
    const stopped = daemon.runs.get(id("lsp-long"))!;
    stopped.rounds.pop();
    daemon.setState(stopped, "stopped", { round: 1 });
    const before = daemon.calls.length;
    const { code, stdout } = await study(daemon);
    assert.equal(code, 0);
    assert.match(stdout, /1 of 2 runs are finished, 1 to go on\./);
    assert.deepEqual(asked(daemon, "sparring/run/start", before), []);
    assert.deepEqual(asked(daemon, "sparring/run/resume", before), [id("lsp-long")]);
  });

  test("asks for nothing where all is finished", async () => {
    const daemon = new FakeDaemon();
    await study(daemon);
    const before = daemon.calls.length;
    const { code, stdout } = await study(daemon);
    assert.equal(code, 0);
    assert.match(stdout, /2 of 2 runs are finished\.\n/);
    assert.match(stdout, /^lsp-long +1 +35\.0 %/m);
    const reads = new Set(daemon.calls.slice(before).map(([method]) => method));
    assert.deepEqual([...reads].sort(), ["sparring/round/list", "sparring/run/get", "sparring/run/list"]);
  });

  test("notices a run of another study's settings under its id, before anything is queued", async () => {
    const daemon = new FakeDaemon();
    await study(daemon);
    const other = daemon.runs.get(id("lsp-long"))!;
    other.config = { ...other.config, seed: 7 };
    daemon.runs.delete(id("zero-long"));
    const before = daemon.calls.length;
    const { code, stderr } = await study(daemon);
    assert.equal(code, 2);
    assert.match(
      stderr,
      /lsp-long\.1" that is not the one of the study: it has seed 7 instead of 1\. \(cli\/study-differs\)/,
    );
    assert.deepEqual(asked(daemon, "sparring/run/start", before), []);
  });

  test("--report trains nothing, and marks what is not finished", async () => {
    const daemon = new FakeDaemon();
    await study(daemon);
    const begun = daemon.runs.get(id("lsp-long"))!;
    begun.rounds.pop();
    daemon.setState(begun, "interrupted", { round: 1 });
    daemon.runs.delete(id("zero-long"));
    const before = daemon.calls.length;
    const { code, stdout } = await study(daemon, [...small, "--report"]);
    assert.equal(code, 0);
    assert.deepEqual(
      [...asked(daemon, "sparring/run/start", before), ...asked(daemon, "sparring/run/resume", before)],
      [],
    );
    assert.match(stdout, /0 of 2 runs are finished, 1 to go on, 1 to begin\./);
    assert.match(stdout, /^lsp-long +1 of 1 \* /m);
    assert.match(stdout, /^zero-long +0 of 1 +– +– +– +– /m);
    assert.match(stdout, /^\* no run of this arm is finished/m);
  });

  test("--detach queues, and says how to come back", async () => {
    const daemon = new FakeDaemon();
    const { code, stdout } = await study(daemon, [...small, "--detach"]);
    assert.equal(code, 0);
    assert.equal(asked(daemon, "sparring/run/start").length, 2);
    assert.match(
      stdout,
      /To come back:\n {2}node dist\/sparring\.js study lsp-vs-zero game\.rounds=2 --only zero-long,lsp-long\n$/,
    );
  });

  test("--detach --json has the runs that were queued", async () => {
    const daemon = new FakeDaemon();
    const { stdout } = await study(daemon, [...small, "--detach", "--json"]);
    assert.deepEqual(
      JSON.parse(stdout).runs.map(({ id: run, state }: Record<string, unknown>) => [run, state]),
      [
        [id("zero-long"), "queued"],
        [id("lsp-long"), "queued"],
      ],
    );
  });

  test("Ctrl+C leaves it to itself", async () => {
    const daemon = new FakeDaemon();
    const { code, stdout, killed } = await study(daemon, small, { interruptAt: [1] });
    assert.deepEqual([code, killed], [130, false]);
    assert.match(stdout, /It goes on without you\./);
    assert.deepEqual(asked(daemon, "sparring/run/stop"), []);
  });

  test("a run that fails is told, and the others are reported", async () => {
    const daemon = new FakeDaemon();
    const failure = {
      round: 1,
      error: new SparringError("store/full", "the disk is full\u001b[2J", "Free some space."),
    };
    daemon.beforeRound = (round, { overview }) => {
      if (overview.id.includes("lsp-long") && round === failure.round) throw failure.error;
    };
    const { code, stdout } = await study(daemon);
    assert.equal(code, 1);
    assert.match(stdout, /lsp-long\.1 {2}failed after round 0: the disk is full\\u\{1b\}\[2J/);
    assert.match(stdout, /^zero-long +1 +35\.0 % +55\.0 %/m);
  });

  test("a daemon that goes away ends it with what to do", async () => {
    const daemon = new FakeDaemon();
    daemon.beforeRound = (round) => {
      if (round === 1) daemon.disconnect("The daemon ended.");
    };
    const { code, stderr } = await study(daemon);
    assert.equal(code, 3);
    assert.match(stderr, /The daemon ended\. \(cli\/daemon-gone\)\n {2}Run the same command again/);
  });

  test("where everything is answered, reads from the samples how much of it is valid", async () => {
    const daemon = new FakeDaemon();
    daemon.beforeRound = (_, run) => {
      run.queries = () => [fakeQuery("1+1", "2", 1), { ...fakeQuery("x", "", 0), reason: "The text is not a task." }];
    };
    const { stdout } = await study(daemon, [
      "study",
      "lsp-vs-zero",
      "--only",
      "lsp-off,lsp",
      "game.rounds=2",
      "--json",
    ]);
    const { arms } = JSON.parse(stdout);
    assert.deepEqual(
      arms.map(({ arm, values }: { arm: string; values: { admitted: { mean: number } } }) => [
        arm,
        Number(values.admitted.mean.toFixed(2)),
      ]),
      [
        ["lsp", 0.93],
        ["lsp-off", 0.5],
      ],
    );
  });

  test("--json ends with the results, and tables go to stderr", async () => {
    const { stdout, stderr } = await study(new FakeDaemon(), [...small, "--json"]);
    const { study: name, arms, runs } = JSON.parse(stdout);
    assert.match(name, /^lsp-vs-zero\.x/);
    assert.deepEqual(arms[1].counted, [runs[1].id]);
    assert.deepEqual([arms[1].arm, arms[1].end.mean, runs[1].finished], ["lsp-long", 0.55, true]);
    assert.match(stderr, /^Three times the length$/m);
  });

  test("--out writes tables, a figure for each group, and the data", async (t) => {
    const workspace = mkdtempSync(join(tmpdir(), "sparring-study-"));
    t.after(() => rmSync(workspace, { recursive: true }));
    const { code, stdout } = await study(new FakeDaemon(), [...small, "--out", "report"], { cli: { workspace } });
    assert.equal(code, 0);
    const [name] = readdirSync(join(workspace, "report"));
    const folder = join(workspace, "report", name!);
    assert.ok(stdout.endsWith(`Written to ${folder}.\n`));
    assert.deepEqual(readdirSync(folder).sort(), ["data.json", "length.svg", "results.md"]);
    const { runs } = JSON.parse(readFileSync(join(folder, "data.json"), "utf8"));
    assert.deepEqual(
      runs.map(({ arm, accuracy }: { arm: string; accuracy: number[][] }) => [arm, accuracy]),
      [
        [
          "zero-long",
          [
            [0, 0.35],
            [2, 0.55],
          ],
        ],
        [
          "lsp-long",
          [
            [0, 0.35],
            [2, 0.55],
          ],
        ],
      ],
    );
    const text = readFileSync(join(folder, "results.md"), "utf8");
    for (const [, file] of text.matchAll(/\]\(([^)]+)\)/g)) assert.ok(existsSync(join(folder, file!)), file);
    assert.match(text, /--out report`\n- Runs: 2 of 2 are finished\n/);
    assert.match(text, /^\| lsp-long \| LSP, 900 rounds \| 1 \| 35\.0 % \| 55\.0 % \| {2}\| \+20\.0 \| no \|$/m);
    // Every table has as many cells in each row as in its head.
    for (const table of text.split("\n\n").filter((block) => block.startsWith("|"))) {
      const cells = table
        .trim()
        .split("\n")
        .map((row) => row.replaceAll("\\|", "").split("|").length);
      assert.equal(new Set(cells).size, 1, table);
    }
  });

  test("a folder that can't be written is said", async () => {
    const { code, stderr } = await study(new FakeDaemon(), [...small, "--out", "/dev/null/x"]);
    assert.equal(code, 2);
    assert.match(stderr, /the report can't be written \(ENOTDIR\) \(cli\/unwritable\)/);
  });

  const wrong: [args: string[], stderr: RegExp][] = [
    [["lsp-vs-zer"], /there is no study "lsp-vs-zer".*\n {2}Did you mean lsp-vs-zero\?/],
    [["x", "y"], /does not know what to do with "y"/],
    [["lsp-vs-zero", "--only", "lsp,zeroo"], /there is no arm "zeroo".*\n {2}Did you mean zero\?/],
    [["lsp-vs-zero", "seed=3"], /a study sets seed itself/],
    [["lsp-vs-zero", "name=x"], /a study sets name itself/],
    [["lsp-vs-zero", "--report", "--detach"], /--report and --detach exclude each other/],
  ];
  for (const [args, expected] of wrong) {
    test(`wrong: ${args.join(" ")}`, async () => {
      const { code, stdout, stderr, calls } = await sparring(["study", ...args], { columns: 200 });
      assert.deepEqual([code, stdout, calls], [2, "", []]);
      assert.match(stderr, expected);
    });
  }

  test("wrong: a setting that an arm does not use", async () => {
    const { code, stderr, calls } = await sparring([
      "study",
      "lsp-vs-zero",
      "--only",
      "grpo",
      "judge.self_reward.scale=1",
    ]);
    assert.equal(code, 2);
    assert.match(stderr, /judge\.self_reward\.scale/);
    assert.deepEqual(
      calls.map(([method]) => method),
      ["sparring/run/list"],
    );
  });
});

describe("a study's progress", () => {
  const config = fakeConfig({ "game.rounds": 100 });
  const overview = (name: string, changes: object) => fakeOverview(config, { id: name, ...changes });
  const view = (): StudyView =>
    new StudyView([
      overview("a", { state: "finished", round: 100 }),
      overview("b", { state: "running", round: 20 }),
      overview("c", { state: "queued", queuePlace: 1 }),
    ]);

  test("is all rounds of all runs, and the time that they take at the pace of now", () => {
    const study = view();
    assert.deepEqual([study.finished, study.share, study.remainingSeconds], [1, 0.4, undefined]);
    // 75 rounds are left of this run, 2 s each, and 100 of the next.
    study.accept({ ...fakeProgress(config, 26, "b")[0]!, finished: 25, remainingSeconds: 150 });
    assert.deepEqual([study.round, study.remainingSeconds], [25, 350]);
    study.change(overview("b", { state: "finished", round: 100 }));
    assert.deepEqual([study.finished, study.remainingSeconds, study.current], [2, 200, undefined]);
  });

  test("is of its runs only", () => {
    const study = view();
    assert.equal(study.change(overview("other", { state: "running" })), false);
    assert.equal(study.current?.id, "b");
  });

  test("is one line that fits the terminal", () => {
    const study = view();
    study.accept({ ...fakeProgress(config, 26, "b")[0]!, finished: 25, remainingSeconds: 150 });
    const line = studyLine(study, { columns: 100, colours: plain });
    assert.match(line, /^█+.·+ {2}1\/3 runs, about 5:50 left {2}addition, seed 1: round 25 of 100$/);
    for (const columns of [30, 50, 80]) assert.ok(width(studyLine(study, { columns, colours: plain })) <= columns);
  });
});
