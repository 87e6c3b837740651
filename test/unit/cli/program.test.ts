import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { commands } from "../../../daemon/cli/program.ts";
import type { Config } from "../../../daemon/config/schema.ts";
import { SparringError } from "../../../daemon/errors.ts";
import { sparring } from "./fake-cli.ts";
import { FakeDaemon } from "./fake-daemon.ts";

const example = "examples/addition.sparring.yaml";

describe("help", () => {
  test("lists the commands", async () => {
    const { code, stdout, stderr } = await sparring(["help"]);
    assert.equal(code, 0);
    assert.equal(stderr, "");
    // A line each: no summary is so long that it breaks.
    for (const { name, summary } of commands) assert(stdout.includes(`\n  ${name.padEnd(12)}${summary}\n`), name);
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
  test("of every command fits 80 columns", async () => {
    for (const { name } of commands) {
      for (const line of (await sparring(["help", name])).stdout.split("\n")) assert(line.length <= 80, line);
    }
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
    [["list", "x"], /`list` does not know what to do with "x"/],
    [["show"], /`show` needs the id of a run/],
    [["show", "x", "a=1"], /does not know what to do with "a=1"/],
    [["show", "x", "--samples", "last"], /--samples wants a number from 0 to 999999999, found "last"/],
    [["show", "x", "--samples", "1", "--log"], /--samples and --log exclude each other/],
    [["watch", "a", "b"], /does not know what to do with "b"/],
    [["pause"], /`pause` needs the id of a run/],
    [["stop", "x", "--all"], /--all and the id of a run exclude each other/],
    [["rate", "x@y"], /"x@y" is no run and round/],
    [["rate", "x", "--query", "1"], /--query needs <run>@<round>, --answer and --score/],
    [["rate", "x@1", "--query", "1", "--answer", "0", "--score", "8"], /--score wants a number from 0 to 7, found "8"/],
    [
      ["rate", "x@1", "--query", "1", "--answer", "0", "--score", "7", "--criteria", "111"],
      /seven digits 0 or 1, found "111"/,
    ],
    [["rate", "x", "--count", "0"], /--count wants a number from 1 to 10000, found "0"/],
    [["chat", "x@5", "--reference"], /a checkpoint's round and --reference exclude each other/],
    [["chat", "x", "--temperature", "hot"], /--temperature wants a number from 0 to 10, found "hot"/],
    [["chat", "x", "--temperature", ""], /--temperature wants a number from 0 to 10, found ""/],
    [["chat", "x", "--replay", "5"], /--replay wants <round>:<query>, found "5"/],
    [["serve", "--force"], /--force belongs to --stop/],
    [["serve", "--stop", "--background"], /exclude each other/],
    [["completion"], /needs a shell: bash, zsh or fish/],
    [["completion", "csh"], /there is no script for "csh"/],
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
    const [method, params] = calls[0] as [string, { run: string; config: Config; file: string; workspace: string }];
    assert.equal(method, "sparring/run/start");
    const { run, config, file, workspace } = params;
    assert.deepEqual([config.kl.beta, config.seed, config.game.rounds], [0.5, 7, 2]);
    assert.match(run, /^addition-20251121-[0-9a-f]{4}$/);
    assert.deepEqual([file, workspace], [`/work/${example}`, "/work"]);
  });

  test("--trust trusts the folder of the config before it is sent", async () => {
    const daemon = new FakeDaemon({ "sparring/trust/grant": () => null });
    const { calls } = await sparring(["run", example, "--trust", "--detach"], { daemon });
    assert.deepEqual(calls[0], ["sparring/trust/grant", { folder: "/work/examples" }]);
    assert.equal(calls[1]![0], "sparring/run/start");
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
    assert.match(stderr, /\n {2}Set kl.estimator to k2 or k3/);
    assert.doesNotMatch(stdout, /warning/);
  });

  test("--json ends with the summary, and progress goes to stderr", async () => {
    const { stdout, stderr } = await sparring(["run", example, "--json", "game.rounds=2"]);
    assert.deepEqual(JSON.parse(stdout), {
      id: "addition-20251121-5fec",
      dir: "/home/runs/addition-20251121-5fec",
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

describe("fork", () => {
  async function forked(...args: string[]) {
    const daemon = new FakeDaemon();
    daemon.add({ id: "mine-20251121-aaaa", name: "mine", round: 200 });
    const { calls, code } = await sparring(["fork", ...args], { daemon });
    assert.equal(code, 0);
    return calls.find(([method]) => method === "sparring/run/fork")![1];
  }
  const fixed = { parent: "mine-20251121-aaaa", workspace: "/work" };

  test("names run, round, settings and name", async () => {
    assert.deepEqual(await forked("mine@200", "optimizer.lr=1e-4", "--name", "other"), {
      ...fixed,
      run: "other-20251121-5fec",
      round: 200,
      settings: ["optimizer.lr=1e-4", "name=other"],
    });
  });
  test("without a round leaves the choice to the daemon", async () => {
    assert.deepEqual(await forked("mine"), { ...fixed, run: "mine-20251121-5fec", settings: [] });
  });
  test("knows the newest run by two names", async () => {
    assert.deepEqual(await forked("@"), { ...fixed, run: "mine-20251121-5fec", settings: [] });
    assert.deepEqual(await forked("last@5"), { ...fixed, run: "mine-20251121-5fec", round: 5, settings: [] });
    assert.deepEqual(await forked("@@5"), { ...fixed, run: "mine-20251121-5fec", round: 5, settings: [] });
  });
});

describe("play", () => {
  test("trains the example", async () => {
    const { code, calls } = await sparring(["play", "--seed", "3", "--rounds", "4"]);
    assert.equal(code, 0);
    const { config } = calls[0]![1] as { config: Config };
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
      calls
        .filter(([method]) => method === "sparring/run/start")
        .map(([, params]) => (params as { config: Config }).config.seed),
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

  test("--seeds begins no further seed when it is left", async () => {
    const { code, calls } = await sparring(["play", "--seeds", "3", "--rounds", "4"], { interruptAt: [2] });
    assert.equal(code, 130);
    assert.equal(calls.filter(([method]) => method === "sparring/run/start").length, 1);
  });

  test("--seeds --detach queues them all", async () => {
    const { code, stdout, calls } = await sparring(["play", "--seeds", "2", "--rounds", "4", "--detach"]);
    assert.equal(code, 0);
    assert.deepEqual(calls.map(([method]) => method).filter((method) => method === "sparring/run/start").length, 2);
    assert.match(stdout, /^Watch it with `node dist\/sparring.js watch addition-20251121-5fec`\.$/m);
  });
});

describe("schema", () => {
  test("prints the JSON Schema", async () => {
    const { code, stdout } = await sparring(["schema"]);
    assert.equal(code, 0);
    assert.equal(JSON.parse(stdout).properties.kl.properties.beta.default, 0.05);
  });
});

describe("errors", () => {
  test("of a run are shown with code, place and next step; what is kept is said", async () => {
    const error = new SparringError("store/full", "the disk is full\u001b[2J", "Free some space.", {
      place: "/home/runs",
    });
    const { code, stdout, stderr } = await sparring(["play"], { failure: { round: 128, error } });
    assert.equal(code, 1);
    assert.equal(stderr, "/home/runs: error: the disk is full\\u{1b}[2J (store/full)\n  Free some space.\n");
    assert.match(stdout, /The run failed after round 127; finished rounds are kept\./);
    assert.match(stdout, /resume addition-20251121-5fec/);
  });

  test("before the first round", async () => {
    const error = new SparringError("model/not-found", "there is no such folder", "Check the path.");
    const { code, stdout } = await sparring(["play"], { failure: { round: 0, error } });
    assert.equal(code, 1);
    assert.match(stdout, /The run failed before its first round\./);
  });

  test("of the daemon are shown like local ones, all problems of a config with their places", async () => {
    const problem = { code: "config/out-of-range", message: "found 1", next: "Correct it.", place: "a.yaml:3:1" };
    const problems = [problem, { ...problem, place: "a.yaml:4:1" }];
    const error = Object.assign(new SparringError("config/invalid", "2 problems", "Correct each."), { problems });
    const fail = (): never => {
      throw error;
    };
    const daemon = new FakeDaemon({ "sparring/run/start": fail });
    const { code, stderr } = await sparring(["play"], { daemon });
    assert.equal(code, 2);
    assert.equal(
      stderr,
      "a.yaml:3:1: error: found 1 (config/out-of-range)\n  Correct it.\n\na.yaml:4:1: error: found 1 (config/out-of-range)\n  Correct it.\n",
    );
  });

  test("of reaching the daemon have an exit code of their own; the end of its log is quoted", async () => {
    const connect = async (): Promise<never> => {
      throw new SparringError(
        "client/daemon-not-started",
        "It did not start. It said last:\none\ntwo\u001b[2J",
        "Look.",
      );
    };
    const { code, stderr } = await sparring(["list"], { cli: { connect } });
    assert.equal(code, 3);
    assert.equal(
      stderr,
      "error: It did not start. It said last: (client/daemon-not-started)\n  | one\n  | two\\u{1b}[2J\n  Look.\n",
    );
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
    const connect = async (): Promise<never> => {
      throw new TypeError("x is undefined");
    };
    const { code, stderr } = await sparring(["play"], { cli: { connect } });
    assert.equal(code, 1);
    assert.match(stderr, /^error: unexpected, which is a bug in Sparring\..*\nTypeError: x is undefined\n {4}at /);
  });

  test("are coloured on a terminal only", async () => {
    assert((await sparring(["paly"], { isTTY: true })).stderr.includes("\u001b[31merror:"));
    assert(!(await sparring(["paly"], { isTTY: true, env: { NO_COLOR: "1" } })).stderr.includes("\u001b"));
  });
});
