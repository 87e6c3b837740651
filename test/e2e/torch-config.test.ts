/* What a person is told when a run of the torch engine can't begin: before it takes a place in the queue, and without starting Python. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import { enginesOf } from "../../daemon/server/engines.ts";
import { namePython, places } from "../../daemon/setup/environment.ts";
import { TrustedFolders } from "../../daemon/store/trust.ts";
import { bench } from "./restart.ts";

const text = `
model: { path: "builtin:nano" }
game: { task: addition }
algorithm: { name: lsp }
`;

test("a torch run needs a set-up, or an interpreter that is there and a folder that is trusted", async (t) => {
  const { home, runs } = await bench(t);
  const start = (...overrides: string[]): Promise<unknown> => {
    const file = join(home, "configs", "torch.sparring.yaml");
    const { config } = parseConfig(text, { file, overrides: ["engine.name=torch", ...overrides], folder: home });
    return runs.start({ run: "torch", config: { ...config }, file });
  };
  const availability = async (): Promise<boolean | undefined> =>
    (await enginesOf(home)).engines.find(({ name }) => name === "torch")?.available;

  assert.equal(await availability(), false);
  await assert.rejects(start(), { code: "engine/not-set-up", next: /`sparring setup torch`/ });
  await assert.rejects(start("engine.python=venv/bin/python"), {
    code: "run/not-trusted",
    message: /^engine\.python in this config starts a program/,
  });
  mkdirSync(join(home, "configs"));
  await (await TrustedFolders.open(home)).grant(join(home, "configs"));
  await assert.rejects(start("engine.python=venv/bin/python"), {
    code: "engine/no-python",
    message: `engine.python: there is no program ${join(home, "venv/bin/python")}.`,
  });
  assert.deepEqual((await runs.list({ limit: 10 })).runs, [], "none of them took a place in the queue");

  const interpreter = join(home, "python");
  writeFileSync(interpreter, "#!/bin/sh\n", { mode: 0o755 });
  mkdirSync(places.root(home));
  await namePython(home, interpreter);
  assert.equal(await availability(), true);
});
