import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { PanelInputs } from "../../webview/shared/messages.ts";
import { violations } from "./axe.ts";
import { LineageDaemon, manyRuns, sevenRuns } from "./fakes/lineage-daemon.ts";
import { overview } from "./fakes/overview.ts";
import { launchBrowser, PanelPage, type Theme, themes } from "./harness/panel-page.ts";

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** Opens the panel over a daemon and hands both to a test. */
async function lineage(
  daemon: LineageDaemon,
  work: (panel: PanelPage<"lineage">, page: Page) => Promise<void>,
  {
    input = {},
    theme = "dark-modern",
    width = 1400,
    height = 900,
  }: Partial<{ input: PanelInputs["lineage"]; theme: Theme; width: number; height: number }> = {},
): Promise<void> {
  const panel = await PanelPage.open(browser, {
    panel: "lineage",
    input,
    theme,
    width,
    height,
    answer: (method, params) => daemon.answer(method, params),
  });
  try {
    await work(panel, panel.page);
    assert.deepEqual(panel.complaints, []);
  } finally {
    await panel.close();
  }
}

const selected = (page: Page, text: string) => page.getByRole("heading", { name: text, exact: true });

describe("the lineage panel", () => {
  test("draws every run with its state and changes, and is driven by arrows and letters", async () => {
    await lineage(
      new LineageDaemon(sevenRuns()),
      async (panel, page) => {
        await selected(page, "lsp-main, round 512").waitFor();
        await page.getByText("held-out interval").waitFor();
        assert.equal(await page.locator(".lane").count(), 7);
        await page.getByRole("button", { name: "lsp-zero" }).getByText("▲ failed after round 340").waitFor();
        await page.getByText("and 2 other changes").waitFor();
        assert.equal(panel.watched, "lsp-main");

        await page.keyboard.press("ArrowLeft");
        await selected(page, "lsp-main, round 500").waitFor();
        await page.keyboard.press("f");
        await page.keyboard.press("ArrowDown");
        await selected(page, "lsp-cal, round 487").waitFor();
        await page.keyboard.press("ArrowUp");
        await selected(page, "lsp-main, round 500").waitFor();
        await page.keyboard.press("Shift+ArrowUp");
        await page.getByText("compares with grpo-warm, round 200").waitFor();
        for (const key of ["c", "t", "e", "x", "Enter"]) await page.keyboard.press(key);
        const place = { run: "lsp-main", round: 500 };
        const against = { run: "grpo-warm", weights: { checkpoint: 200 } };
        await page.getByText("compares with").waitFor();
        assert.deepEqual(panel.commands, [
          { command: "sparring.fork", args: place },
          { command: "sparring.compare", args: { ...place, against } },
          { command: "sparring.chat", args: place },
          { command: "sparring.evaluate", args: place },
          { command: "sparring.exportWeights", args: place },
          { command: "sparring.openRounds", args: place },
        ]);
      },
      { input: { run: "lsp-main" } },
    );
  });

  test("follows a run that trains, and a fork that comes into being", async () => {
    const daemon = new LineageDaemon(sevenRuns());
    await lineage(
      daemon,
      async (panel, page) => {
        await page.getByText("running, round 513 of 700").waitFor();
        const progress = { run: "lsp-main", state: "running", round: 514, rounds: 700, finished: 513 };
        await panel.tell({ type: "told", method: "sparring/round/progress", params: progress });
        await page.getByText("running, round 514 of 700").waitFor();
        const fork = overview({
          id: "fresh",
          state: "starting",
          round: 512,
          rounds: 700,
          parent: { run: "lsp-main", round: 512 },
        });
        daemon.runs = [
          { overview: fork, checkpoints: [], changes: { seed: [0, 1] }, accuracy: () => 0.5 },
          ...daemon.runs,
        ];
        await panel.tell({ type: "told", method: "sparring/run/changed", params: fork });
        await page.getByRole("button", { name: "fresh" }).waitFor();
        await page.getByText("seed 0 → 1").waitFor();
      },
      { input: { run: "lsp-main" } },
    );
  });

  test("shows the run that it was opened for among sixty", async () => {
    await lineage(
      new LineageDaemon(manyRuns(60)),
      async (_, page) => {
        await page.getByText("held-out interval").waitFor();
        await page.waitForFunction(inSight, "run-30");
        for (let i = 0; i < 12; i++) await page.keyboard.press("ArrowUp");
        const name = (await page.locator(".run-name.chosen b").textContent())!;
        await page.waitForFunction(inSight, name);
      },
      { input: { run: "run-30" }, width: 800, height: 600 },
    );
  });

  test("says how to begin where there is no run, and why where the list can't be read", async () => {
    await lineage(new LineageDaemon([]), async (panel, page) => {
      await page.getByRole("button", { name: "Start the example" }).click();
      await page.getByText("No runs yet").waitFor();
      assert.deepEqual(panel.commands, [{ command: "sparring.startExample", args: {} }]);
    });
  });

  test("shows models and settings as text, whatever is in them", async () => {
    const model = "<img src=x onerror=alert(1)>\u202eevil\u200b";
    const daemon = new LineageDaemon([
      {
        overview: overview({ id: "a", round: 20, rounds: 20, model }),
        checkpoints: [],
        changes: { "<b>key</b>": ["\u2066x", "<script>alert(1)</script>"] },
        accuracy: () => 0.5,
      },
    ]);
    await lineage(daemon, async (_, page) => {
      await page.getByText("<script>alert(1)</script>").first().waitFor();
      assert.match(
        (await page.locator("#panel").textContent())!,
        /<img src=x onerror=alert\(1\)>‹U\+202E›evil‹U\+200B›/,
      );
      assert.equal(await page.locator("#panel img, #panel script").count(), 0);
    });
  });

  for (const theme of themes) {
    test(`passes axe in ${theme}`, async () => {
      await lineage(
        new LineageDaemon(sevenRuns()),
        async (_, page) => {
          await page.getByText("held-out interval").waitFor();
          await page.keyboard.press("Shift+ArrowDown");
          await page.getByText("compares with").waitFor();
          assert.deepEqual(await violations(page.mainFrame()), []);
        },
        { input: { run: "lsp-zero" }, theme, width: 800, height: 600 },
      );
    });
  }
});

/** Runs in the page: whether the lane of a run is within the graph's view, below its axis. */
function inSight(name: string): boolean {
  interface Box {
    readonly top: number;
    readonly bottom: number;
  }
  interface Found {
    readonly textContent: string;
    getBoundingClientRect(): Box;
    closest(selector: string): Found;
  }
  const page = (globalThis as unknown as { document: { querySelectorAll(selector: string): Iterable<Found> } })
    .document;
  const [axis] = page.querySelectorAll(".axis-row");
  const [graph] = page.querySelectorAll(".graph");
  const label = [...page.querySelectorAll(".run-name b")].find((each) => each.textContent === name);
  if (!axis || !graph || !label) return false;
  const lane = label.closest(".lane").getBoundingClientRect();
  return lane.top >= axis.getBoundingClientRect().bottom - 1 && lane.bottom <= graph.getBoundingClientRect().bottom + 1;
}
