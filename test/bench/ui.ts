/*
 * `npm run bench:ui`: what the editor costs, measured in a real VS Code (test/ui/setup.sh) on the packaged VSIX: activation, opening
 * a round document and the rounds panel of a run of 10,000 rounds, and how smooth a panel stays while its run trains. Times are
 * taken outside of the page and include the driver's own, some 10 ms.
 */

import { statSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { QueryRecord } from "../../daemon/store/records.ts";
import { VSCode, type Window } from "../ui/vscode.ts";
import { packVsix } from "../ui/vsix.ts";
import { writeRun, writtenQuery } from "../ui/written-run.ts";

const rounds = 10_000;
const repeats = 5;
/** How long a live panel is watched, seconds. */
const watchedSeconds = 15;

const live = `model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, queries: 4, answers: 4, rounds: 5000 }
algorithm: { name: lsp, alpha_challenger: 0.25 }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
eval: { every: 100, limit: 16 }
`;

/** A round of the size of the example's. */
function queriesOf(round: number): QueryRecord[] {
  return Array.from({ length: 32 }, (_, index) =>
    writtenQuery(
      index,
      `${index}+${round}`,
      Array.from({ length: 8 }, (_, answer) => String(index + round + answer)),
    ),
  );
}

function row(what: string, values: readonly number[], unit: string, aim = ""): void {
  const sorted = [...values].sort((a, b) => a - b);
  const [median, least, most] = [sorted[sorted.length >> 1]!, sorted[0]!, sorted.at(-1)!];
  const figure = (value: number): string => value.toFixed(value < 10 ? 2 : 0);
  const spread = values.length > 1 ? ` (${figure(least)}–${figure(most)})` : "";
  console.log(`${what.padEnd(58)}${figure(median).padStart(8)}${spread.padEnd(16)} ${unit.padEnd(4)} ${aim}`);
}

/** Milliseconds that an act takes until its result can be seen. */
async function timed(act: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

async function closeEditors(window: Window): Promise<void> {
  await window.command("View: Close All Editors");
  await window.page.locator(".tabs-container .tab").first().waitFor({ state: "detached" });
}

/** Milliseconds from the answer to "which round" until the document's text is there, and until its hints are. */
async function openDocument(window: Window): Promise<[number, number]> {
  await window.command("Sparring: Read a Round…");
  const input = window.page.locator(".quick-input-widget:visible input");
  await input.waitFor();
  const began = performance.now();
  await input.fill(String(rounds / 2));
  await window.page.keyboard.press("Enter");
  await window.lines
    .filter({ hasText: /round.5000/ })
    .first()
    .waitFor();
  const text = performance.now() - began;
  await window.lines.filter({ hasText: /R_Q/ }).first().waitFor();
  const hints = performance.now() - began;
  await closeEditors(window);
  return [text, hints];
}

/** Frames and long tasks of the panel in front, while its run trains. */
async function watchPanel(window: Window): Promise<{ frames: number[]; longTasks: number[] }> {
  const frame = await window.panelFrame();
  await frame.evaluate(`{
    const seen = (window.seen = { frames: [], longTasks: [] });
    new PerformanceObserver((list) => seen.longTasks.push(...list.getEntries().map(({ duration }) => duration)))
      .observe({ type: "longtask" });
    let last = performance.now();
    const frame = (now) => { seen.frames.push(now - last); last = now; requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
  }`);
  await sleep(watchedSeconds * 1000);
  return frame.evaluate("window.seen");
}

const folder = await mkdtemp(join(tmpdir(), "sparring-bench-"));
const code = new VSCode();
try {
  const vsix = join(folder, "sparring.vsix");
  await packVsix(vsix);
  const samples = new Map([rounds / 2, rounds].map((round) => [round, queriesOf(round)]));
  await writeRun(code.server.home, { id: "ten-thousand", name: "ten thousand", rounds, samples });
  await writeFile(join(code.server.workspace, "live.sparring.yaml"), live);
  await code.start();
  const window = await code.open();
  await window.openView();
  await window.row("ten-thousand").waitFor();

  console.log(`${cpus().length} × ${cpus()[0]!.model}, load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}`);
  console.log("median (least–most)");
  row("VSIX", [statSync(vsix).size / 1024 / 1024], "MiB");

  const documents: [number, number][] = [];
  for (let i = 0; i < repeats; i++) documents.push(await openDocument(window));
  row(
    "round document of a run of 10,000: its text",
    documents.map(([text]) => text),
    "ms",
    "< 200",
  );
  row(
    "round document of a run of 10,000: its first hints",
    documents.map(([, hints]) => hints),
    "ms",
  );

  const [panels, panelRounds]: [number[], number[]] = [[], []];
  for (let i = 0; i < repeats; i++) {
    await window.findCommand("Sparring: Open Rounds");
    panels.push(
      await timed(async () => {
        await window.page.keyboard.press("Enter");
        await window.panel.getByRole("img").first().waitFor();
      }),
    );
    const charts = panels.at(-1)!;
    panelRounds.push(charts + (await timed(() => window.panel.locator(".query-text").waitFor())));
    await closeEditors(window);
  }
  row("rounds panel of a run of 10,000: its charts", panels, "ms");
  row("rounds panel of a run of 10,000: its charts and the round", panelRounds, "ms", "< 500");

  await window.openFile("live.sparring.yaml");
  await window.command("Sparring: Start Run…");
  await window.panel.getByRole("img").first().waitFor();
  const { frames, longTasks } = await watchPanel(window);
  row(`live panel, ${watchedSeconds} s: time between frames`, frames, "ms");
  row("live panel: frames later than 50 ms", [frames.filter((ms) => ms > 50).length], `of ${frames.length}`);
  row(
    "live panel: tasks longer than 50 ms",
    [longTasks.length],
    "",
    `longest ${Math.max(0, ...longTasks).toFixed(0)} ms`,
  );
  row("activation of the extension", [await window.activation()], "ms", "< 150");
  row("breaches of a content security policy", [window.complaints.length], "", "0");
} finally {
  await code.close();
  await rm(folder, { recursive: true, force: true });
}
