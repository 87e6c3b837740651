import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Config } from "../../../daemon/config/schema.ts";
import { AbortedError, SparringError } from "../../../daemon/errors.ts";
import { sparring } from "./fake-cli.ts";

const example = "examples/addition.sparring.yaml";

describe("help", () => {
  test("lists the commands", async () => {
    const { code, stdout, stderr } = await sparring(["help"]);
    assert.equal(code, 0);
    assert.equal(stderr, "");
    for (const name of ["play", "run", "resume", "fork", "schema"])
      assert.match(stdout, new RegExp(`^  ${name} `, "m"));
    for (const line of stdout.split("\n")) assert(line.length <= 80, line);
  });
  test("without a command, as an error", async () => {
    const { code, stdout } = await sparring([]);
    assert.equal(code, 2);
    assert.match(stdout, /sparring <command>/);
  });
  test("of a command, three ways", async () => {
    const { code, stdout } = await sparring(["help", "fork"]);
    assert.equal(code, 0);
    assert.match(stdout, /^sparring fork <run>\[@round\] \[key=value …\] \[options\]\n/);
    assert.match(stdout, /--name <text>/);
    assert.equal((await sparring(["fork", "--help"])).stdout, stdout);
    assert.equal((await sparring(["fork", "x", "-h"])).stdout, stdout);
  });
  test("version", async () => assert.equal((await sparring(["--version"])).stdout, "1.2.3\n"));
});

describe("a wrong command line", () => {
  const cases: [args: string[], stderr: RegExp][] = [
    [["paly"], /no command "paly" \(cli\/usage\)\n {2}Did you mean `node dist\/sparring.js play`\?/],
    [["help", "forkk"], /no command "forkk".*\n.*play|fork/],
    [["xyzzy"], /no command "xyzzy".*\n {2}Run `node dist\/sparring.js help`\./],
    [["run"], /`run` needs a config file/],
    [["run", "a", "b"], /does not know what to do with "b".*\n?.*\n {2}Settings are written key=value/],
    [["run", "--dryrun", "a"], /no option --dryrun.*\n {2}Did you mean --dry-run\?/],
    [["resume"], /`resume` needs the id of a run/],
    [["resume", "x", "a=1"], /keeps its settings.*\n {2}To change settings, fork: `node dist\/sparring.js fork x a=1`/],
    [["fork"], /`fork` needs the id of a run/],
    [["fork", "x@latest"], /"x@latest" is no run and round/],
    [["fork", "@3"], /"@3" is no run and round/],
    [["fork", "x", "--name"], /'--name <value>' argument missing/],
    [["play", "--seeds", "0"], /--seeds wants a number from 1 to 999, found "0"/],
    [["play", "--rounds", "many"], /command line: error: game.rounds: found "many"/],
    [["play", "nonsense"], /command line: error: "nonsense" is no setting/],
    [["schema", "x"], /does not know what to do with "x"/],
    [["run", "missing.yaml"], /^missing.yaml: error: there is no such file \(config\/not-found\)/],
  ];
  for (const [args, expected] of cases) {
    test(args.join(" "), async () => {
      const { code, stdout, stderr, calls } = await sparring(args, { columns: 200 });
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.match(stderr, expected);
      assert.deepEqual(calls, []);
    });
  }
});

describe("run", () => {
  test("trains the config with overrides", async () => {
    const { code, calls } = await sparring(["run", example, "kl.beta=0.5", "seed=7", "game.rounds=2"]);
    assert.equal(code, 0);
    const [name, config] = calls[0] as [string, Config];
    assert.equal(name, "startRun");
    assert.deepEqual([config.kl.beta, config.seed, config.game.rounds], [0.5, 7, 2]);
  });

  test("--dry-run prints the whole config and starts nothing", async () => {
    const { code, stdout, calls } = await sparring(["run", example, "--dry-run", "name=mine"]);
    assert.equal(code, 0);
    assert.deepEqual(calls, []);
    assert.match(stdout, /^name: mine\n/);
    assert.match(stdout, /\n {2}beta2: 0.999\n/);
  });

  test("--dry-run --json prints it as JSON", async () => {
    const { stdout } = await sparring(["run", example, "--dry-run", "--json"]);
    assert.equal(JSON.parse(stdout).algorithm.alpha_challenger, 0.25);
  });

  test("warnings go to stderr", async () => {
    const { code, stdout, stderr } = await sparring(["run", example, "--dry-run", "kl.estimator=literal"]);
    assert.equal(code, 0);
    assert.match(stderr, /^command line: warning: kl.estimator: literal/);
    assert.doesNotMatch(stdout, /warning/);
  });

  test("--json ends with the summary, and progress goes to stderr", async () => {
    const { stdout, stderr } = await sparring(["run", example, "--json", "game.rounds=2"]);
    assert.deepEqual(JSON.parse(stdout), {
      id: "addition-20251121-ab12",
      dir: "/home/runs/addition-20251121-ab12",
      status: "finished",
      rounds: 2,
      seconds: 3,
      seed: 1,
      before: 0.35,
      after: 0.56,
    });
    assert.match(stderr, /Held-out accuracy/);
  });
});

describe("resume and fork", () => {
  test("resume names the run", async () => {
    const { code, calls } = await sparring(["resume", "mine"]);
    assert.equal(code, 0);
    assert.deepEqual(calls, [["resumeRun", "mine"]]);
  });
  test("fork names run, round, settings and name", async () => {
    const { calls } = await sparring(["fork", "mine@200", "optimizer.lr=1e-4", "--name", "other"]);
    assert.deepEqual(calls, [["forkRun", "mine", 200, ["optimizer.lr=1e-4", "name=other"]]]);
  });
  test("fork without a round leaves the choice to the store", async () => {
    assert.deepEqual((await sparring(["fork", "mine"])).calls, [["forkRun", "mine", undefined, []]]);
  });
});

describe("play", () => {
  test("trains the example", async () => {
    const { code, calls } = await sparring(["play", "--seed", "3", "--rounds", "4"]);
    assert.equal(code, 0);
    const config = calls[0]![1] as Config;
    assert.deepEqual([config.name, config.seed, config.game.rounds], ["addition", 3, 4]);
  });

  test("--json ends with the promised line", async () => {
    const { stdout } = await sparring(["play", "--json", "--rounds", "2"]);
    assert.equal(stdout, '{"before":0.35,"after":0.56,"seconds":3,"rounds":2,"seed":1}\n');
  });

  test("--seeds trains each and ends with the mean", async () => {
    const { code, stdout, calls } = await sparring(["play", "--seeds", "3", "--rounds", "2"]);
    assert.equal(code, 0);
    assert.deepEqual(
      calls.map(([, config]) => (config as Config).seed),
      [1, 2, 3],
    );
    assert.match(stdout, /^Seed 1 \(1 of 3\)$/m);
    assert(
      stdout.endsWith(`
  seed   before    after  points    time
     1   35.0 %   56.0 %   +21.0    0:03
     2   35.0 %   57.0 %   +22.0    0:03
     3   35.0 %   58.0 %   +23.0    0:03
  mean   35.0 %   57.0 %   +22.0    0:03
`),
      stdout,
    );
  });

  test("--seeds --json has the mean and every seed", async () => {
    const { stdout } = await sparring(["play", "--seeds", "2", "--seed", "5", "--json", "--rounds", "1"]);
    const { before, after, seeds } = JSON.parse(stdout);
    assert.deepEqual([before, after.toFixed(3)], [0.35, "0.605"]);
    assert.deepEqual(
      seeds.map(({ seed }: { seed: number }) => seed),
      [5, 6],
    );
  });

  test("--seeds stops when it is stopped", async () => {
    const { code, calls } = await sparring(["play", "--seeds", "3", "--rounds", "4"], { interruptAt: [2] });
    assert.equal(code, 130);
    assert.equal(calls.length, 1);
  });
});

describe("schema", () => {
  test("prints the JSON Schema", async () => {
    const { code, stdout } = await sparring(["schema"]);
    assert.equal(code, 0);
    assert.equal(JSON.parse(stdout).properties.kl.properties.beta.default, 0.05);
  });
});

describe("Ctrl+C", () => {
  test("once keeps the finished rounds and says how to go on", async () => {
    const { code, stdout, killed } = await sparring(["play"], { interruptAt: [128] });
    assert.equal(code, 130);
    assert.equal(killed, false);
    assert.match(stdout, /Stopping: finished rounds are kept/);
    assert.match(stdout, /Stopped\. Rounds up to 127 are kept; the one under way is lost\.\n/);
    assert.match(stdout, /^Go on {9}node dist\/sparring.js resume addition-20251121-ab12$/m);
  });
  test("twice kills", async () => {
    const { killed } = await sparring(["play", "--rounds", "5"], { interruptAt: [2, 3], obeys: false });
    assert.equal(killed, true);
  });
  test("before the run began", async () => {
    const startRun = () => Promise.reject(new AbortedError("open"));
    const { code, stdout } = await sparring(["play"], { runner: { startRun } });
    assert.equal(code, 130);
    assert.match(stdout, /Stopped before the run began/);
  });
});

describe("errors", () => {
  test("of a run are shown with code, place, next step and cause; what is kept is said", async () => {
    const cause = new Error("disk says no\u001b[2J");
    const error = new SparringError("store/full", "the disk is full", "Free some space.", {
      place: "/home/runs",
      cause,
    });
    const { code, stdout, stderr } = await sparring(["play"], { failure: { round: 128, error } });
    assert.equal(code, 1);
    assert.equal(
      stderr,
      "/home/runs: error: the disk is full (store/full)\n  Free some space.\n  because: disk says no\\u{1b}[2J\n",
    );
    assert.match(stdout, /The run failed\. Its rounds up to 127 are kept\./);
    assert.match(stdout, /resume addition-20251121-ab12/);
  });

  test("in a config are all shown", async () => {
    const { code, stderr } = await sparring(["run", example, "game.answers=1", "kl.bta=1"], { columns: 300 });
    assert.equal(code, 2);
    assert.equal(
      stderr,
      `command line: error: there is no setting "kl.bta" (config/unknown-key)
  Did you mean kl.beta?

command line: error: game.answers: found 1, expected a whole number from 2 to 1024: the advantage of an answer is its reward minus its group's mean, so with one answer it is always 0 (config/out-of-range)
  Correct it, or leave it out for the default (8).
`,
    );
  });

  test("that are bugs are shown as such", async () => {
    const failure = { round: 1, error: new TypeError("x is undefined") };
    const { code, stderr } = await sparring(["play"], { failure });
    assert.equal(code, 1);
    assert.match(stderr, /^error: unexpected, which is a bug in Sparring\..*\nTypeError: x is undefined\n {4}at /);
  });

  test("are coloured on a terminal only", async () => {
    assert((await sparring(["paly"], { isTTY: true })).stderr.includes("\u001b[31merror:"));
    assert(!(await sparring(["paly"], { isTTY: true, env: { NO_COLOR: "1" } })).stderr.includes("\u001b"));
  });
});
