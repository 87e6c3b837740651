import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { taskLine } from "../../../daemon/cli/task-line.ts";
import { plain } from "../../../daemon/cli/text/colours.ts";
import { width } from "../../../daemon/cli/text/fit.ts";
import { AbortedError, SparringError } from "../../../daemon/errors.ts";
import type { Outcome, World } from "./fake-cli.ts";
import { sparring } from "./fake-cli.ts";
import { FakeDaemon } from "./fake-daemon.ts";

type Handlers = ConstructorParameters<typeof FakeDaemon>[0];

function daemonThatExports(handlers: Handlers = {}): FakeDaemon {
  const daemon = new FakeDaemon({
    "sparring/checkpoint/export": ({ dir, weights }) => ({
      dir,
      files: ["config.json", "model.safetensors"],
      bytes: 3_600_000,
      weights: typeof weights === "string" ? "round 3" : `round ${weights.checkpoint}`,
      checked: "The folder was opened in a fresh engine, and log-probabilities were compared.",
      largestDifference: 0,
    }),
    "sparring/sample/export": ({ file }) => ({ file, rows: 96, rounds: 3, bytes: 12_345 }),
    ...handlers,
  });
  daemon.add({ id: "mine", round: 3 });
  return daemon;
}

const run = (args: readonly string[], world: World = {}): Promise<Outcome> =>
  sparring(["export", ...args], { daemon: daemonThatExports(), ...world });

describe("export of weights", () => {
  test("asks for a folder, relative to where the user is", async () => {
    const asked = async (...args: string[]) => (await run(args)).calls.at(-1);
    const base = { run: "mine", weights: "current", dir: "/work/out", task: "5feceb66ffc86f38" };
    assert.deepEqual(await asked("mine", "out"), ["sparring/checkpoint/export", base]);
    assert.deepEqual((await asked("mine@2", "/abs/out", "--format", "peft"))![1], {
      ...base,
      weights: { checkpoint: 2 },
      dir: "/abs/out",
      format: "peft",
    });
    assert.deepEqual((await asked("last", "out", "--reference"))![1], { ...base, weights: "reference" });
  });

  test("says what was written, how it was checked and how to load it", async () => {
    const { stdout, code } = await run(["mine", "out"]);
    assert.equal(code, 0);
    assert.equal(
      stdout,
      `Exported round 3 as a Hugging Face folder: 2 files, 3.6 MB.
The folder was opened in a fresh engine, and log-probabilities were compared.
They are equal.

Folder    /work/out
In Python AutoModelForCausalLM.from_pretrained("/work/out")
`,
    );
  });

  test("as JSON is the daemon's answer", async () => {
    const { stdout } = await run(["mine", "out", "--json"]);
    assert.equal(JSON.parse(stdout).largestDifference, 0);
  });

  test("is cancelled by Ctrl+C", async () => {
    let press = (): void => {};
    let released = false;
    const daemon = daemonThatExports({
      "sparring/checkpoint/export": (() => {
        press();
        throw new AbortedError("the export");
      }) as never,
    });
    let aborted: AbortSignal | undefined;
    const client = daemon.client.bind(daemon);
    daemon.client = () => {
      const own = client();
      return {
        ...own,
        request: (method, params, options) => {
          aborted = options?.signal ?? aborted;
          return own.request(method, params, options);
        },
      };
    };
    const onInterrupt = (handler: () => void): (() => void) => {
      press = handler;
      return () => {
        released = true;
      };
    };
    const { code } = await run(["mine", "out"], { daemon, cli: { onInterrupt } });
    assert.equal(code, 130);
    assert.ok(aborted?.aborted && released);
  });

  test("shows the daemon's error with its next step", async () => {
    const daemon = daemonThatExports({
      "sparring/checkpoint/export": () => {
        throw new SparringError("run/target-exists", "There is a file already.", "Give another name.", {
          place: "/work/out",
        });
      },
    });
    const { code, stderr } = await run(["mine", "out"], { daemon });
    assert.equal(code, 1);
    assert.equal(stderr, "/work/out: error: There is a file already. (run/target-exists)\n  Give another name.\n");
  });
});

describe("export of data", () => {
  test("asks for rounds and says how many rows there are", async () => {
    const { calls, stdout } = await run(["mine", "d.jsonl", "--data", "completions", "--rounds", "2-3"]);
    const [method, { task: _, ...params }] = calls.at(-1) as [string, Record<string, unknown>];
    assert.equal(method, "sparring/sample/export");
    assert.deepEqual(params, { run: "mine", data: "completions", file: "/work/d.jsonl", first: 2, last: 3 });
    assert.match(
      stdout,
      /^Exported 96 completions of 3 rounds, 12\.3 kB\.\n\nFile {6}\/work\/d\.jsonl\nIn Python load_dataset/,
    );
  });
  test("without a row says why", async () => {
    const daemon = daemonThatExports({
      "sparring/sample/export": ({ file }) => ({ file, rows: 0, rounds: 2, bytes: 0 }),
    });
    const { stdout, code } = await run(["mine", "d.jsonl", "--data", "preferences"], { daemon });
    assert.equal(code, 0);
    assert.match(stdout, /^Exported an empty file: no query of these rounds has answers of different\nrewards\.\n$/);
  });
  test("of one round, or of all", async () => {
    const params = async (...args: string[]) =>
      (await run(["mine", "d", "--data", "preferences", ...args])).calls.at(-1)![1];
    const all = (await params()) as object;
    assert.ok(!("first" in all || "last" in all));
    const one = (await params("--rounds", "7")) as { first: number; last: number };
    assert.deepEqual([one.first, one.last], [7, 7]);
  });
});

describe("a wrong export", () => {
  const cases: [args: string[], stderr: RegExp][] = [
    [[], /`export` needs the id of a run/],
    [["mine"], /`export` needs the path to write/],
    [["mine", "out", "--format", "gguf"], /--format wants hf or peft, found "gguf"/],
    [["mine", "out", "--data", "all"], /--data wants completions or preferences, found "all"/],
    [["mine@2", "out", "--reference"], /exclude each other/],
    [["mine@2", "out", "--data", "completions"], /--data has no use for weights[\s\S]*--rounds a-b/],
    [["mine", "out", "--rounds", "1-2"], /--rounds needs --data/],
    [["mine", "out", "--data", "completions", "--rounds", "3-2"], /--rounds wants <first>-<last>, found "3-2"/],
    [["mine", "out", "--data", "completions", "--rounds", "x"], /--rounds wants <first>-<last>, found "x"/],
  ];
  for (const [args, stderr] of cases) {
    test(`"${args.join(" ")}" starts nothing`, async () => {
      const outcome = await run(args);
      assert.equal(outcome.code, 2);
      assert.match(outcome.stderr, stderr);
      assert.deepEqual(outcome.calls, []);
    });
  }
});

test("the line of a long request fits the screen, whatever it is called", () => {
  for (const what of ["x", "a long name ".repeat(20), "\u001b[2J\n"]) {
    for (const [done, total] of [
      [0, 0],
      [3, 7],
      [100_000, 100_000],
    ] as const) {
      const line = taskLine({ what, done, total }, { columns: 60, colours: plain });
      assert.ok(width(line) <= 60, line);
      assert.ok(!line.includes("\u001b") && !line.includes("\n"));
      // What has no total yet has no counts.
      assert.equal(line.includes(`${done}/${total}`), total > 0);
    }
  }
});
