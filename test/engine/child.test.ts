import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { EngineProcess } from "../../daemon/engine/child.ts";
import { OnnxEngine } from "../../daemon/engine/onnx/onnx-engine.ts";
import { SparringError } from "../../daemon/errors.ts";
import { writeTinyModel } from "./tiny-model.ts";

const died = (error: unknown): boolean =>
  error instanceof SparringError && error.code === "engine/died" && /SIGKILL/.test(error.message) && error.next !== "";

test("an engine process that is killed fails the calls under way and all later ones, and says how it died", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sparring-child-"));
  const engine = new OnnxEngine({ threads: 1 });
  try {
    await engine.open({ dir: await writeTinyModel(folder) });
    const requests = Array.from({ length: 2000 }, (_, answer) => ({
      prompt: [1, 2],
      key: { seed: 1, round: 1, role: "solver" as const, query: 0, answer },
    }));
    const sampling = engine.sample(requests, { policy: "current", temperature: 1, maxTokens: 20, stopTokens: [] });
    assert.deepEqual(
      { ...engine.status(), silentSeconds: 0 },
      { alive: true, pid: engine.pid, call: "sample", silentSeconds: 0 },
    );
    assert.ok(engine.status().silentSeconds < 60);
    process.kill(engine.pid!, "SIGKILL");
    await assert.rejects(sampling, died);
    assert.equal(engine.status().alive, false);
    assert.equal(engine.status().call, undefined);
    await assert.rejects(engine.snapshot(), died);
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true });
  }
});

test("closing twice is safe, and a closed engine says that it is closed", async () => {
  const engine = new OnnxEngine({ threads: 1 });
  await engine.close();
  await engine.close();
  await assert.rejects(engine.snapshot(), (error) => error instanceof SparringError && error.code === "engine/closed");
});

test("the last words of a process are whole lines, however they come, and long ones are clipped", async () => {
  const script = `
    const lines = ["Fatal: ", "first half", " of it\\n", "x".repeat(5000), "\\n", "the end"];
    const next = () => lines.length > 0 ? process.stderr.write(lines.shift(), () => setTimeout(next, 5)) : process.exit(3);
    next();`;
  const child = new EngineProcess("test", [process.execPath, "-e", script]);
  await assert.rejects(child.request("anything"), (error) => {
    assert.ok(error instanceof SparringError);
    const [how, ...words] = error.message.split("\n");
    assert.equal(how, "The test engine's process ended with exit code 3. It last wrote:");
    assert.deepEqual(words, ["Fatal: first half of it", `${"x".repeat(300)}…`, "the end"]);
    return true;
  });
  await child.close();
});

test("a process that hangs is killed once it has written where it stands; its notices and telemetry come by themselves", async () => {
  const script = `
    const frame = (header) => {
      const text = Buffer.from(JSON.stringify({ ...header, arrays: [] }));
      const sizes = Buffer.alloc(8);
      sizes.writeUInt32LE(text.length, 0);
      process.stdout.write(Buffer.concat([sizes, text]));
    };
    process.on("SIGUSR2", () => process.stderr.write("in the sampler\\n"));
    frame({ telemetry: { usedBytes: 1, peakBytes: 2, totalBytes: 3 } });
    frame({ notice: { code: "engine/out-of-memory", message: "Memory ran out.", next: "Lower it." } });
    process.stdin.resume();`;
  const child = new EngineProcess("test", [process.execPath, "-e", script], { dumpSignal: "SIGUSR2" });
  const notice = new Promise((resolve) => {
    child.onNotice = resolve;
  });
  const request = child.request("sample");
  assert.deepEqual(await notice, { code: "engine/out-of-memory", message: "Memory ran out.", next: "Lower it." });
  assert.deepEqual(child.status().telemetry, { usedBytes: 1, peakBytes: 2, totalBytes: 3 });
  const killed = child.kill("nothing heard for 60 s.");
  await assert.rejects(request, (error) => {
    assert.ok(error instanceof SparringError);
    assert.equal(error.code, "engine/hung");
    assert.match(error.message, /because it hung: nothing heard for 60 s\. It last wrote:\nin the sampler$/);
    return true;
  });
  await killed;
  await child.kill("again");
  await child.close();
});
