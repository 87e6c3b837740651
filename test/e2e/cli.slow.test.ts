import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { RunOverview } from "../../daemon/protocol.ts";
import { program, Terminal } from "./cli.ts";

/* The real program, the real daemon, one home: what a person does in an afternoon. The tests build on each other. */

const config = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, queries: 4, answers: 4, rounds: 4000 }
algorithm: { name: lsp, alpha_challenger: 0.25 }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
optimizer: { lr: 1.0e-4, warmup_rounds: 2 }
eval: { every: 100, limit: 8 }
checkpoints: { every: 2, keep: 1000 }
`;

describe("an afternoon at the terminal", { timeout: 120_000 }, () => {
  const terminal = new Terminal();
  const { run, json } = { run: terminal.run.bind(terminal), json: terminal.json.bind(terminal) };
  const file = join(terminal.folder, "long.sparring.yaml");
  let id = "";

  const overview = async (name: string): Promise<RunOverview> => (await json(["show", name])).overview;

  before(() => writeFileSync(file, config));
  after(() => terminal.close());

  test("list of a new home says what to type", async () => {
    const { code, stdout } = await run(["list"]);
    assert.equal(code, 0);
    assert.match(stdout, /There are no runs .* yet\.\n`.* play` trains the example/);
  });

  test("Ctrl+C leaves a run to itself", async () => {
    const running = terminal.start(["run", file]);
    await running.saw(/^ +0 /m);
    running.child.kill("SIGINT");
    const { code, stdout } = await running.ended;
    assert.equal(code, 130);
    id = /sparring\.js watch (\S+)/.exec(stdout)![1]!;
    assert.equal((await overview(id)).state, "running");
  });

  test("two terminals watch it, one from a prefix and one as the newest, and leave independently", async () => {
    const [first, second] = [terminal.start(["watch", id.slice(0, -2)]), terminal.start(["watch", "last"])];
    // Both have the table from its first round on.
    await Promise.all([first.saw(/^ +0 .*\n/m), second.saw(/^ +0 .*\n/m)]);
    first.child.kill("SIGINT");
    assert.equal((await first.ended).code, 130);
    const { round } = await overview(id);
    await second.saw(new RegExp(`run +${id}`));
    assert.equal(second.child.exitCode, null);
    second.child.kill("SIGINT");
    assert.equal((await second.ended).code, 130);
    assert.ok((await overview(id)).round! >= round!);
  });

  test("pause holds it, and a second pause changes nothing", async () => {
    const { stdout } = await run(["pause", id]);
    assert.match(stdout, new RegExp(`^${id} is paused, round \\d+ of 4000\\.\n$`));
    const before = await overview(id);
    assert.equal(before.state, "paused");
    assert.match((await run(["pause", "last"])).stdout, /is paused/);
  });

  test("a run that is queued behind it says so, and can be detached and stopped", async () => {
    const { code, stdout } = await run(["run", file, "name=second", "--detach"]);
    assert.equal(code, 0);
    assert.match(
      stdout.replaceAll("\n", " "),
      new RegExp(`second-\\S+ is queued behind ${id} \\(round \\d+ of 4000\\)`),
    );
    assert.match((await run(["stop", "second"])).stdout, /^second-\S+ is stopped/);
  });

  test("resume goes on, and stop ends it after a finished round", async () => {
    assert.equal((await run(["resume", id, "--detach"])).code, 0);
    const [stopped] = await json(["stop", id]);
    assert.equal(stopped.state, "stopped");
    // Idempotent.
    assert.equal((await json(["stop", id]))[0].state, "stopped");
  });

  test("watch of a stopped run shows its rounds and how to go on", async () => {
    const { code, stdout } = await run(["watch", id]);
    assert.equal(code, 130);
    assert.match(stdout, /Stopped\. Rounds up to \d+ are kept/);
  });

  test("fork with a changed setting plays to its end, and show says what changed", async () => {
    const { round } = await overview(id);
    const from = round! - (round! % 2);
    const { code, stdout, stderr } = await run([
      "fork",
      `${id}@${from}`,
      `game.rounds=${from + 3}`,
      "--name",
      "forked",
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`^forked +from ${id}, round ${from}$`, "m"));
    assert.match(stdout, /Held-out accuracy/);
    const shown = await run(["show", "forked"]);
    assert.match(shown.stdout, new RegExp(`^changed +.*game.rounds 4000 → ${from + 3}`, "m"));
    assert.match(shown.stdout, /finished/);
  });

  test("samples, ratings, and taking one back", async () => {
    const samples = await run(["show", "forked", "--samples", String((await overview("forked")).rounds)]);
    assert.match(samples.stdout, /^Round \d+: 4 queries/);
    const { rounds } = await overview("forked");
    const place = ["rate", `forked@${rounds}`, "--query"];
    const queries = await json(["show", "forked", "--samples", String(rounds)]);
    const { index } = queries.find((query: { answers: unknown[] }) => query.answers.length > 0);
    const rated = await json([...place, String(index), "--answer", "0", "--score", "5", "--criteria", "1110011"]);
    assert.equal(rated.ratings, 1);
    assert.equal((await overview("forked")).ratings, 1);
    assert.match((await run(["rate", "forked", "--list"])).stdout, new RegExp(`${rated.id} .*tester`));
    assert.equal((await json(["rate", "forked", "--undo", rated.id])).ratings, 0);
    const missing = await run([...place, String(index), "--answer", "99", "--score", "5"]);
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /cli\/no-such-answer/);
  });

  test("chat and replay answer from a pipe, the same on every call", async () => {
    const talk = () => run(["chat", "forked", "--max-tokens", "5", "--json"], { input: "1+1\n" });
    const { code, stdout, stderr } = await talk();
    assert.equal(code, 0, stderr);
    assert.ok(JSON.parse(stdout).tokens >= 1);
    assert.equal(JSON.parse((await talk()).stdout).text, JSON.parse(stdout).text);
    const { rounds } = await overview("forked");
    const queries = await json(["show", "forked", "--samples", String(rounds)]);
    const { index, text } = queries.find((query: { answers: unknown[] }) => query.answers.length > 0);
    const replayed = await json(["chat", "forked", "--replay", `${rounds}:${index}`, "--answers", "3"]);
    assert.equal(replayed.query, text);
    assert.equal(replayed.answers.length, 3);
  });

  test("doctor finds nothing wrong but what is", async () => {
    const { code, stdout } = await run(["doctor"]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /ok +Daemon +Version/);
    assert.match(stdout, /ok +Engine +onnx on CPU/);
    assert.match(stdout, /ok +Folders +\d+ runs, all readable and known to the daemon\./);
  });

  test("serve --stop is refused while a run is active, and forced it interrupts the run, which resumes", async () => {
    assert.equal((await run(["resume", id, "--detach"])).code, 0);
    const refused = await run(["serve", "--stop"]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /server\/runs-active/);
    const watching = terminal.start(["watch", id]);
    await watching.saw(/^ +0 /m);
    assert.equal((await run(["serve", "--stop", "--force"])).code, 0);
    const { code, stderr } = await watching.ended;
    // Which of the two it learns first is a race: that the run is interrupted, or that the daemon is gone.
    assert.ok(code === 1 || code === 3, `${code} ${stderr}`);
    assert.equal((await overview(id)).state, "interrupted");
  });

  test("a watcher of a daemon that was killed finds the next one", async () => {
    assert.equal((await run(["resume", id, "--detach"])).code, 0);
    const watching = terminal.start(["watch", id]);
    await watching.saw(/^ +0 /m);
    process.kill(terminal.daemon, "SIGKILL");
    await watching.saw(/Looking\s+for it again/);
    // Any command starts the next daemon.
    assert.equal((await overview(id)).state, "interrupted");
    const { code, stdout } = await watching.ended;
    assert.equal(code, 1);
    assert.match(stdout, /Interrupted: its daemon ended\./);
  });
});

describe("completion", () => {
  const terminal = new Terminal();
  after(() => terminal.close());

  test("works in a real bash", () => {
    const bin = join(terminal.folder, "bin");
    mkdirSync(bin);
    for (const run of ["addition-1", "addition-2"]) mkdirSync(join(terminal.home, "runs", run), { recursive: true });
    writeFileSync(join(bin, "sparring"), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
    chmodSync(join(bin, "sparring"), 0o755);
    const lines = ["sparring res", "sparring watch addition-", "sparring fork addition-1@", "sparring show last --s"];
    const script = `
eval "$(sparring completion bash)"
complete -p sparring
for line in ${lines.map((line) => `"${line}"`).join(" ")}; do
  COMP_LINE="$line" COMP_POINT=\${#line} COMPREPLY=()
  _sparring
  echo "\${COMPREPLY[*]}"
done`;
    const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", script], {
      encoding: "utf8",
      env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, SPARRING_HOME: terminal.home },
    });
    assert.equal(stderr, "");
    assert.deepEqual(stdout.trimEnd().split("\n"), [
      "complete -F _sparring sparring",
      "resume",
      "addition-1 addition-2",
      "",
      "--samples",
    ]);
  });
});

test("doctor works where no daemon runs, and starts none", async () => {
  const terminal = new Terminal();
  try {
    const { code, stdout } = await terminal.run(["doctor"]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /ok +Daemon +None is running/);
    assert.throws(() => terminal.daemon, { code: "ENOENT" });
  } finally {
    await terminal.close();
  }
});

test("a closed pipe ends the program quietly", async () => {
  const terminal = new Terminal();
  try {
    const { child, ended } = terminal.start(["schema"]);
    child.stdout!.destroy();
    await once(child, "exit");
    assert.equal((await ended).stderr, "");
  } finally {
    await terminal.close();
  }
});
