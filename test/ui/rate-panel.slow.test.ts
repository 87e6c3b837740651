import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { PanelInputs } from "../../webview/shared/messages.ts";
import { violations } from "./axe.ts";
import { RatingDaemon } from "./fakes/rating-daemon.ts";
import { launchBrowser, PanelPage, type Theme, themes } from "./harness/panel-page.ts";

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const run: PanelInputs["rate"] = { run: "lsp-main" };

/** Opens the panel over a daemon and hands both to a test. */
async function rating(
  daemon: RatingDaemon,
  work: (panel: PanelPage<"rate">, page: Page) => Promise<void>,
  {
    input = run,
    theme = "dark-modern",
    width = 1400,
    height = 900,
  }: Partial<{ input: PanelInputs["rate"]; theme: Theme; width: number; height: number }> = {},
): Promise<void> {
  const panel = await PanelPage.open(browser, {
    panel: "rate",
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

const heading = (page: Page, text: string) => page.getByRole("heading", { name: text, exact: true });

describe("the rate panel", () => {
  test("rates by keyboard alone: what is saved is what was entered, and only then the judge's points show", async () => {
    const daemon = new RatingDaemon();
    await rating(daemon, async (panel, page) => {
      await heading(page, "Sample 1").waitFor();
      assert.equal(await page.getByText("judge", { exact: true }).count(), 0, "blind before the submission");
      await page.keyboard.press("Enter");
      assert.equal(await heading(page, "Sample 1").count(), 1, "an untouched sample is not submitted");
      for (const key of ["1", "2", "3", "4", "4", "+", "n"]) await page.keyboard.press(key);
      await page.keyboard.type("44 is 48 minus 4 only");
      for (const key of ["Enter", "Enter"]) await page.keyboard.press(key);
      await heading(page, "Sample 1, submitted").waitFor();
      const [saved] = daemon.ratings;
      assert.deepEqual(
        { ...saved, id: "", at: "", seconds: 0 },
        {
          id: "",
          at: "",
          rater: "mk",
          round: 40,
          query: 0,
          answer: 0,
          score: 4,
          criteria: [1, 1, 1, 0, 0, 0, 0],
          comment: "44 is 48 minus 4 only",
          blind: true,
          seconds: 0,
        },
      );
      await page.getByText("judge +2").waitFor();
      await page.getByText("The solution is well organised").waitFor();
      await page.keyboard.press("s");
      await heading(page, "Sample 2, skipped").waitFor();
      assert.equal(daemon.ratings[1]?.score, null);
      await page.getByText("1 of 20 rated, 1 skipped").waitFor();
      assert.equal(panel.title, "Rate: lsp-main");
    });
  });

  test("takes a rating back with what was entered; rated again it is not blind", async () => {
    const daemon = new RatingDaemon();
    await rating(daemon, async (_, page) => {
      await heading(page, "Sample 1").waitFor();
      for (const key of ["a", "7", "Enter"]) await page.keyboard.press(key);
      await page.getByText("The solution is well organised").waitFor();
      await page.keyboard.press("u");
      await heading(page, "Sample 1").waitFor();
      await page.getByText("not blind", { exact: false }).waitFor();
      assert.equal(await page.getByRole("checkbox", { checked: true }).count(), 6);
      await page.keyboard.press("Enter");
      await heading(page, "Sample 1, submitted").waitFor();
      assert.deepEqual(
        daemon.ratings.map(({ score, blind }) => [score, blind]),
        [[6, false]],
      );
    });
  });

  test("keeps ratings while the daemon is away, says so, and saves each once when it is back", async () => {
    const daemon = new RatingDaemon();
    await rating(daemon, async (panel, page) => {
      await heading(page, "Sample 1").waitFor();
      daemon.isAway = true;
      for (const key of ["a", "Enter", "a", "Enter"]) await page.keyboard.press(key);
      await page.getByText("2 changes not saved yet, and kept here.").waitFor();
      await page.getByText("2 ratings not saved yet", { exact: false }).waitFor();
      assert.equal(await page.getByText("judge", { exact: true }).count(), 0, "nothing shows before it is saved");
      await panel.connection("away", "test");
      daemon.isAway = false;
      await panel.connection("connected");
      await heading(page, "Sample 2, submitted").waitFor();
      assert.deepEqual(
        daemon.ratings.map(({ query, score }) => [query, score]),
        [
          [0, 7],
          [1, 7],
        ],
      );
      assert.equal(new Set(daemon.ratings.map(({ id }) => id)).size, 2);
    });
  });

  test("comes back after a reload at the sample and the entry that were on the screen", async () => {
    const daemon = new RatingDaemon();
    await rating(daemon, async (_, page) => {
      await heading(page, "Sample 1").waitFor();
      await page.addInitScript({ content: keepStateOverReloads });
      await page.reload();
      await heading(page, "Sample 1").waitFor();
      for (const key of ["a", "Enter", "1", "5"]) await page.keyboard.press(key);
      await heading(page, "Sample 1, submitted").waitFor();
      await page.reload();
      await heading(page, "Sample 2").waitFor();
      assert.equal(await page.getByRole("checkbox", { checked: true }).count(), 2);
      assert.equal(daemon.ratings.length, 1);
    });
  });

  test("rates one answer of a document as not blind, then goes on with a batch that is", async () => {
    const daemon = new RatingDaemon();
    await rating(
      daemon,
      async (_, page) => {
        await heading(page, "Sample 1").waitFor();
        for (const key of ["a", "Enter"]) await page.keyboard.press(key);
        await heading(page, "Batch done").waitFor();
        await heading(page, "Sample 1, submitted").waitFor();
        await page.keyboard.press("Enter");
        await page.getByText("scores and round are hidden").waitFor();
        assert.deepEqual(
          daemon.ratings.map(({ round, query, blind }) => [round, query, blind]),
          [[12, 3, false]],
        );
      },
      { input: { run: "lsp-main", round: 12, query: 3, answer: 0 } },
    );
  });

  test("says when there is nothing to rate, and looks again after the next round", async () => {
    const daemon = new RatingDaemon({ rounds: 0 });
    await rating(daemon, async (panel, page) => {
      await heading(page, "Nothing to rate yet").waitFor();
      assert.equal(panel.watched, "lsp-main");
      const progress = (finished: number) =>
        panel.tell({
          type: "told",
          method: "sparring/round/progress",
          params: { run: "lsp-main", state: "running", round: finished + 1, rounds: 9, finished },
        });
      await progress(0);
      Object.assign(daemon, { rounds: 1 });
      await progress(1);
      await heading(page, "Sample 1").waitFor();
    });
  });

  test("shows what a model wrote as text, with what nobody could see written out", async () => {
    await rating(new RatingDaemon(), async (_, page) => {
      await heading(page, "Sample 1").waitFor();
      for (const key of ["s", "s", "s", "s", "s"]) await page.keyboard.press(key);
      await heading(page, "Sample 6").waitFor();
      const answer = page.getByLabel("Answer", { exact: true });
      assert.match(
        (await answer.textContent())!,
        /‹U\+202E›esrever[\s\S]*‹U\+200B›[\s\S]*‹U\+001B›\[31mred[\s\S]*<b>bold<\/b>/,
      );
      await page.getByText("<img src=x onerror=alert(1)>", { exact: false }).first().waitFor();
      assert.equal(await page.locator("#panel img, #panel script, .answer b").count(), 0);
      await page.keyboard.press("s");
      await page.getByText("<script>document.title = 'owned'</script>", { exact: false }).waitFor();
      assert.equal(await page.title(), "rate");
    });
  });

  for (const theme of themes) {
    test(`passes axe in ${theme}, while rating, at the end of a batch and with numbers of agreement`, async () => {
      const daemon = new RatingDaemon({ rated: 148 });
      await rating(
        daemon,
        async (_, page) => {
          await heading(page, "Sample 1").waitFor();
          for (const key of ["a", "7", "Enter", "1", "n"]) await page.keyboard.press(key);
          await page.getByText("judge −1").or(page.getByText("judge +1")).first().waitFor();
          await page.getByText("still to be read").waitFor({ state: "detached" });
          assert.deepEqual(await violations(page.mainFrame()), []);
        },
        { theme, width: 800, height: 600 },
      );
    });
  }
});

/** Runs in the page: the editor's state outlives a reload, as it outlives a hidden panel. */
const keepStateOverReloads = `
  const acquire = acquireVsCodeApi;
  acquireVsCodeApi = () => ({
    ...acquire(),
    getState: () => JSON.parse(sessionStorage.getItem("state")),
    setState: (state) => sessionStorage.setItem("state", JSON.stringify(state)),
  });
`;
