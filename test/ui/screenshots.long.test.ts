import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { DaemonClient } from "../../daemon/client/client.ts";
import { connect } from "../../daemon/client/connect.ts";
import { loadConfig } from "../../daemon/config/load.ts";
import { until } from "../e2e/daemons.ts";
import { violations } from "./axe.ts";
import { skipped } from "./code-server.ts";
import { stepsIn } from "./steps.ts";
import { VSCode, type Window } from "./vscode.ts";

/** `npm run screenshots`: pictures of everything, to be looked at. The best ones are copied to docs/pictures by hand. */
const folder = "dist/screenshots";

const themes = { light: "Light Modern", dark: "Dark Modern", contrast: "Dark High Contrast" } as const;
const sizes = [
  { width: 1400, height: 900 },
  { width: 800, height: 600 },
] as const;

const rounds = 40;

/** A judge that can be hacked: it pays in full for what the reference would have said, right or wrong. Its alarm pauses the run. */
const hacked = [
  "name=hacked",
  "game.rounds=120",
  "judge.self_reward.kind=likelihood",
  "judge.self_reward.scale=1",
  "eval.every=5",
  "checkpoints.every=5",
  "checkpoints.keep=100",
  "alarms.judge.action=pause",
];

/** A run and two forks, really trained. @returns the run's id */
async function train(daemon: DaemonClient): Promise<string> {
  const finish = async (id: string): Promise<void> => {
    await until(async () => {
      const { overview } = await daemon.request("sparring/run/get", { run: id });
      if (overview.problem) throw new Error(overview.problem.message);
      return overview.state === "finished";
    }, 1200);
  };
  const settings = [
    `game.rounds=${rounds}`,
    "game.queries=12",
    "game.answers=6",
    "checkpoints.every=10",
    "eval.every=5",
  ];
  const { config } = await loadConfig("examples/addition.sparring.yaml", [...settings, "name=lsp-main"]);
  const [run, fork] = ["lsp-main", "lsp-beta"];
  await daemon.request("sparring/run/start", { run, config: { ...config } });
  await finish(run);
  await daemon.request("sparring/run/fork", { run: fork, parent: run, round: 20, settings: ["kl.beta=0.2"] });
  await daemon.request("sparring/run/fork", { run: "grpo", parent: run, round: 30, settings: ["algorithm.name=grpo"] });
  await finish(fork);
  await finish("grpo");
  return run;
}

/**
 * Ratings in place of people's, made up for the picture: of three answers of each round, those of the last six by a second rater, too.
 * Who rates finds what the verifier calls right good, and the rest worse than the judge does.
 */
async function rate(daemon: DaemonClient, run: string): Promise<void> {
  const add = async (id: string, rater: string, place: Place, score: number): Promise<void> => {
    const criteria = Array.from({ length: 7 }, (_, i) => (i < score ? 1 : 0) as 0 | 1);
    const rating = { id, rater, ...place, score, criteria, blind: true, at: new Date(0).toISOString() };
    await daemon.request("sparring/sample/rate", { run, rating });
  };
  for (let round = 1; round <= rounds; round++) {
    const { queries } = await daemon.request("sparring/round/get", { run, round, from: 0 });
    const answered = queries.filter(({ answers }) => answers.length > 0);
    const rated = [0, 1, 2].map((third) => answered[Math.floor(((third + 0.5) * answered.length) / 3)]!);
    for (const { index: query, answers } of rated) {
      const answer = round % answers.length;
      const { reward } = answers[answer]!;
      const place = { round, query, answer };
      const score = reward === 1 ? 7 - (round % 2) : 2 + ((round + query) % 4);
      await add(`mk-${round}-${query}`, "mk", place, score);
      if (round > rounds - 6) await add(`ab-${round}-${query}`, "ab", place, Math.min(7, score + (query % 2)));
    }
  }
}

interface Place {
  readonly round: number;
  readonly query: number;
  readonly answer: number;
}

test("pictures of every panel, in three themes and two sizes", { skip: skipped }, async (t) => {
  const code = new VSCode();
  t.after(() => code.close());
  await code.start({ settings: { "workbench.colorTheme": themes.dark } });
  const window = await code.open();
  await window.openView();
  await until(() => code.server.daemon(), 120);
  const daemon = await connect({ home: code.server.home, client: { name: "test", version: "1" }, start: false });
  t.after(() => daemon.close());
  const run = await train(daemon);
  mkdirSync(folder, { recursive: true });
  const step = stepsIn(t, window);

  /** Opens something on the run, alone in the window. */
  const open = async (command: string, ready: (window: Window) => Promise<void>, about = run): Promise<void> => {
    await window.command("View: Close All Editors");
    await window.command("Notifications: Clear All Notifications");
    await window.command(command);
    if (command !== "Sparring: Open Lineage") await window.pick(new RegExp(`^${about}`));
    await ready(window);
  };
  const views: Record<string, () => Promise<void>> = {
    rounds: () => open("Sparring: Open Rounds", ({ panel }) => panel.getByRole("img").nth(5).waitFor()),
    rate: async () => {
      await rate(daemon, run);
      await open("Sparring: Rate Samples", async ({ panel, page }) => {
        await panel.getByRole("heading", { name: "Sample 1", exact: true }).waitFor();
        for (const key of ["a", "4", "Enter"]) await page.keyboard.press(key);
        await panel.getByRole("heading", { name: "Sample 2", exact: true }).waitFor();
        await panel.getByText(/blind ratings of \d+ queries/).waitFor();
      });
    },
    compare: () =>
      open("Sparring: Compare Checkpoints", async ({ panel, page }) => {
        await panel.getByRole("button", { name: /^Compare/ }).waitFor();
        await page.keyboard.press("Enter");
        await panel.getByRole("listitem").first().waitFor();
        for (const key of ["ArrowLeft", "n", "ArrowRight", "n"]) await page.keyboard.press(key);
      }),
    lineage: () => open("Sparring: Open Lineage", ({ panel }) => panel.getByText(/beta/).first().waitFor()),
    document: () =>
      open("Sparring: Read a Round…", async (shown) => {
        await shown.answer(String(rounds));
        await shown.lens("Rate").first().waitFor();
        await until(async () => /R_Q/.test(await shown.text()), 60);
      }),
    // The last ones: from here on a paused run is in the list and in the status bar.
    alarms: async () => {
      await window.command("View: Close All Editors");
      await window.theme(themes.dark);
      const { config } = await loadConfig("examples/addition.sparring.yaml", hacked);
      await daemon.request("sparring/run/start", { run: "hacked", config: { ...config } });
      await until(async () => (await window.row("hacked").innerText()).includes("paused"), 600);
      await window.notification(/paused/).waitFor();
      await window.page.screenshot({ path: join(folder, "notice-dark-1400.png") });
      await open("Sparring: Open Rounds", ({ panel }) => panel.getByRole("alert").waitFor(), "hacked");
    },
    samples: async () => {
      await window.command("View: Close All Editors");
      await window.command("Sparring: Open Rounds");
      await window.pick(/^hacked/);
      await window.panel.getByRole("button", { name: "Show samples" }).click();
      await window.panel.getByRole("list", { name: "Alarms that began with this round" }).waitFor();
    },
  };

  for (const [name, show] of Object.entries(views)) {
    await step(`${name}`, async () => {
      await window.page.setViewportSize(sizes[0]);
      await show();
      for (const [theme, colorTheme] of Object.entries(themes)) {
        await window.theme(colorTheme);
        await window.page
          .locator(`.monaco-workbench.${{ light: "vs", dark: "vs-dark", contrast: "hc-black" }[theme]}`)
          .waitFor();
        for (const size of sizes) {
          await window.page.setViewportSize(size);
          if (name !== "document") {
            const frame = await window.panelFrame();
            await frame.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
            assert.deepEqual(await violations(frame), [], `${name}, ${theme}, ${size.width}`);
          }
          await window.page.screenshot({ path: join(folder, `${name}-${theme}-${size.width}.png`) });
        }
      }
    });
  }
  assert.deepEqual(window.complaints, []);
});
