/** A study with the real program: queued, left, come back to, reported, reused. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { Terminal } from "./cli.ts";

describe("a study", () => {
  const terminal = new Terminal();
  after(() => terminal.close());
  const out = join(terminal.folder, "out");
  // Two arms with one seed each.
  const settings = ["game.rounds=2", "game.queries=4", "game.answers=4", "eval.limit=16"];
  const study = ["study", "lsp-vs-zero", "--only", "zero-long,lsp-long", ...settings];

  test("is left to the daemon, come back to, and reported", async () => {
    const left = await terminal.run([...study, "--detach"]);
    assert.equal(left.code, 0, left.stderr);
    const { code, stdout, stderr } = await terminal.run([...study, "--out", out]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^lsp-long +1 +[\d.]+ % +[\d.]+ % /m);
    const [name] = readdirSync(out);
    assert.match(name!, /^lsp-vs-zero\.x[0-9a-f]{8}$/);
    assert.deepEqual(readdirSync(join(out, name!)).sort(), ["data.json", "length.svg", "results.md"]);
    assert.match(readFileSync(join(out, name!, "results.md"), "utf8"), /^- Machine: .+ 1 thread a run, onnxruntime/m);
  });

  test("is reported again from its runs' files alone", async () => {
    await terminal.run(["serve", "--stop", "--force"]);
    const { runs, arms } = await terminal.json(study);
    assert.deepEqual(
      runs.map(({ arm, played, finished }: Record<string, unknown>) => [arm, played, finished]),
      [
        ["zero-long", 2, true],
        ["lsp-long", 2, true],
      ],
    );
    assert.equal(arms[1].values.correlation !== null, true, "both rewards were given");
    assert.equal((await terminal.json(["list"])).length, 2, "nothing was queued anew");
  });
});
