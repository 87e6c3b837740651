/** An engine whose process hangs: the watch-dog says so, and the run can still be stopped. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import { Supervisor } from "../../daemon/runs/control/supervisor.ts";

const text = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, queries: 8, answers: 8, rounds: 200 }
algorithm: { name: lsp, alpha_challenger: 0.25 }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
`;
const { config } = parseConfig(text, { file: "hanging.sparring.yaml" });

/** The engines' processes of a process. */
function enginesOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
  return children.filter((child) => child && readFileSync(`/proc/${child}/cmdline`, "utf8").includes("onnx-worker"));
}

test("an engine that hangs is noticed, and a run can be stopped in spite of it", async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "sparring-hang-"));
  const patience = { factor: 2, seconds: 0.3, every: 0.1, hang: { factor: 20, seconds: 600 } };
  const watched = await Supervisor.open({ home: elsewhere, log: () => {}, patience });
  try {
    const progress = (condition: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        watched.on("progress", () => {
          if (condition()) resolve();
        });
      });
    await watched.start({ run: "hanging", config: { ...config } });
    await progress(() => (watched.progress("hanging")?.finished ?? 0) >= 3);
    const engine = enginesOf(process.pid)[0];
    process.kill(engine!, "SIGSTOP");
    await progress(() => watched.progress("hanging")?.stuck !== undefined);
    const { stuck } = watched.progress("hanging")!;
    assert.match(stuck!, new RegExp(`^Stuck in \\w+ of round \\d+ for .*process ${engine}\\).*works on`));
    process.kill(engine!, "SIGCONT");
    await progress(() => watched.progress("hanging")?.stuck === undefined);
    process.kill(engine!, "SIGSTOP");
    const { state } = await watched.stop({ run: "hanging" });
    assert.equal(state, "stopped");
    const { lines } = await watched.log({ run: "hanging", lines: 100, level: "warn" });
    assert.match(lines.join("\n"), /Stuck in .*\n.*It goes on again/);
  } finally {
    await watched.close();
    rmSync(elsewhere, { recursive: true });
  }
});
