/** Pictures of the rate, compare and lineage panels, to be looked at: `tsx test/ui/fakes/pictures.ts <folder> [name filter]`. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { Method } from "../../../daemon/protocol.ts";
import type { PanelInputs, PanelName } from "../../../webview/shared/messages.ts";
import { launchBrowser, PanelPage, themes } from "../harness/panel-page.ts";
import { CompareDaemon } from "./compare-daemon.ts";
import { LineageDaemon, manyRuns, sevenRuns } from "./lineage-daemon.ts";
import { RatingDaemon } from "./rating-daemon.ts";

const [folder = "/tmp/pictures", filter = ""] = process.argv.slice(2);
await mkdir(folder, { recursive: true });

interface Picture<N extends PanelName = PanelName> {
  readonly name: string;
  readonly panel: N;
  readonly input: PanelInputs[N];
  readonly daemon: () => { answer(method: Method, params: unknown): unknown };
  readonly prepare: (page: Page) => Promise<void>;
}

async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

const pictures: readonly Picture[] = [
  {
    name: "rate",
    panel: "rate",
    input: { run: "lsp-main" },
    daemon: () => new RatingDaemon({ rated: 148 }),
    prepare: async (page) => {
      await page.getByText("Sample 1", { exact: true }).waitFor();
      await press(page, "1", "2", "3", "Enter");
      await page.getByText("Sample 1, submitted").waitFor();
      await page.getByText("Reliability", { exact: true }).waitFor();
      await press(page, "a", "6", "7");
    },
  },
  {
    name: "rate-agreement",
    panel: "rate",
    input: { run: "lsp-main" },
    daemon: () => new RatingDaemon({ rated: 148 }),
    prepare: async (page) => {
      await page.getByText("Reliability", { exact: true }).waitFor();
      await page.locator("summary").click();
      await press(page, "g");
    },
  },
  {
    name: "rate-tables",
    panel: "rate",
    input: { run: "lsp-main" },
    daemon: () => new RatingDaemon({ rated: 148 }),
    prepare: async (page) => {
      await page.getByText("Reliability", { exact: true }).waitFor();
      await press(page, "t", "g");
    },
  },
  ...(["unjudged", "imitation"] as const).map(
    (kind): Picture => ({
      name: `rate-${kind}`,
      panel: "rate",
      input: { run: "lsp-main" },
      daemon: () => new RatingDaemon({ rated: 40, kind }),
      prepare: async (page) => {
        await page.getByText("Sample 1", { exact: true }).waitFor();
        await press(page, "a", "Enter", "g");
        await page.locator(".agreement .nothing").waitFor();
      },
    }),
  ),
  {
    name: "rate-few",
    panel: "rate",
    input: { run: "lsp-main" },
    daemon: () => new RatingDaemon({ rated: 3 }),
    prepare: async (page) => {
      await page.getByText("Sample 1", { exact: true }).waitFor();
      await press(page, "s", "s", "s", "s", "a", "Enter", "a", "Enter", "s");
      await page.getByText("Sample 7, skipped").waitFor();
    },
  },
  {
    name: "rate-empty",
    panel: "rate",
    input: { run: "lsp-main" },
    daemon: () => new RatingDaemon({ rounds: 0 }),
    prepare: async (page) => page.getByText("Nothing to rate yet").waitFor(),
  },
  {
    name: "compare-new",
    panel: "compare",
    input: { run: "lsp-main", weights: { checkpoint: 300 } },
    daemon: () => new CompareDaemon(),
    prepare: async (page) => page.locator(".setup button.primary").waitFor(),
  },
  {
    name: "compare",
    panel: "compare",
    input: { run: "lsp-main", weights: { checkpoint: 300 } },
    daemon: () => new CompareDaemon(),
    prepare: async (page) => {
      await page.locator(".setup button.primary").click();
      await page.getByText("blind: whose they are").waitFor();
      await press(page, "ArrowLeft", "ArrowRight", "ArrowDown");
    },
  },
  {
    name: "lineage",
    panel: "lineage",
    input: { run: "lsp-main" },
    daemon: () => new LineageDaemon(sevenRuns()),
    prepare: async (page) => {
      await page.getByText("18.0–").or(page.getByText("held-out interval")).first().waitFor();
      await press(page, "ArrowLeft", "Shift+ArrowDown");
    },
  },
  {
    name: "lineage-many",
    panel: "lineage",
    input: { run: "run-30" },
    daemon: () => new LineageDaemon(manyRuns(60)),
    prepare: async (page) => page.getByText("held-out interval").first().waitFor(),
  },
];

const browser = await launchBrowser();
try {
  for (const { name, panel, input, daemon, prepare } of pictures) {
    for (const theme of themes) {
      for (const [width, height] of [
        [1400, 900],
        [800, 600],
      ] as const) {
        const title = `${name}-${theme}-${width}`;
        if (!title.includes(filter)) continue;
        const fake = daemon();
        const answer = (method: Method, params: unknown): unknown => fake.answer(method, params);
        const opened = await PanelPage.open(browser, { panel, input, theme, width, height, answer });
        await prepare(opened.page);
        await opened.page.screenshot({ path: join(folder, `${title}.png`) });
        for (const complaint of opened.complaints) console.log(`${title}: ${complaint}`);
        await opened.close();
      }
    }
  }
} finally {
  await browser.close();
}
