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
  daemon.onRatings = () => {
    const params = { run: "lsp-main", ratings: daemon.ratings.length };
    void panel.tell({ type: "told", method: "sparring/rating/changed", params });
  };
  try {
    await work(panel, panel.page);
    assert.deepEqual(panel.complaints, []);
  } finally {
    daemon.onRatings = () => {};
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

  test("asks again for what could not be read: the same answer first, then any", async () => {
    const daemon = new RatingDaemon();
    daemon.isAway = true;
    const nextAsked = () => daemon.asked.filter(({ method }) => method === "sparring/sample/next");
    const input = { run: "lsp-main", round: 12, query: 3, answer: 0 };
    const check = async (_: unknown, page: Page): Promise<void> => {
      const again = page.locator(".work > .failure").getByRole("button", { name: "Try again" });
      await again.waitFor();
      daemon.isAway = false;
      await again.click();
      await page.getByText("not blind").waitFor();
      for (const key of ["a", "Enter"]) await page.keyboard.press(key);
      await heading(page, "Sample 1, submitted").waitFor();
      daemon.isAway = true;
      await page.keyboard.press("Enter");
      await again.waitFor();
      daemon.isAway = false;
      await again.click();
      await page.getByText("scores and round are hidden").waitFor();
      assert.deepEqual(
        nextAsked().map(({ params }) => "only" in (params as object)),
        [true, true, false, false],
      );
    };
    await rating(daemon, check, { input });
  });

  test("reveals nothing of a sample whose rating was refused and given up: it comes again to be rated blind", async () => {
    const daemon = new RatingDaemon();
    await rating(daemon, async (_, page) => {
      await heading(page, "Sample 1").waitFor();
      daemon.isAway = true;
      for (const key of ["a", "Enter"]) await page.keyboard.press(key);
      const giveUp = page.getByRole("button", { name: "Give up the first" });
      await giveUp.waitFor();
      daemon.isAway = false;
      await giveUp.click();
      await heading(page, "Sample 1, not saved").waitFor();
      for (const key of ["a", "Enter"]) await page.keyboard.press(key);
      await heading(page, "Sample 2, submitted").waitFor();
      await page.getByRole("row", { name: /^Overall, 0–7/ }).waitFor();
      const read = daemon.asked.filter(({ method }) => method === "sparring/round/get");
      assert.deepEqual(
        read.map(({ params }) => (params as { from: number }).from),
        [1],
      );
      assert.equal(daemon.ratings.length, 1);
    });
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
          await heading(page, "Reliability").waitFor();
          await page.locator("summary").click();
          assert.deepEqual(await violations(page.mainFrame()), []);
          for (const key of ["Enter", "t"]) await page.keyboard.press(key);
          await page.getByRole("table", { name: "Reliability" }).waitFor();
          assert.deepEqual(await violations(page.mainFrame()), []);
        },
        { theme, width: 800, height: 600 },
      );
    });
  }
});

describe("agreement in the rate panel", () => {
  const asked = (daemon: RatingDaemon, method: string) => daemon.asked.filter((each) => each.method === method);
  const forest = (page: Page, column: string) => page.getByRole("img", { name: new RegExp(`^${column}`) });

  test("shows the daemon's numbers with their intervals, and where there are too few", async () => {
    const daemon = new RatingDaemon({ rated: 148 });
    await rating(daemon, async (_, page) => {
      const kappa = forest(page, "Weighted κ");
      await kappa.waitFor();
      const label = await kappa.getAttribute("aria-label");
      assert.match(
        label!,
        /all answers 0\.\d\d \[0\.\d\d, 0\.\d\d\]; right answer .*; code too few: \d+ of 30; general .*rounds/,
      );
      assert.equal(await forest(page, "Spearman ρ").locator("circle").count(), await kappa.locator("circle").count());
      await page.getByText("95 % bootstrap intervals, 134 blind ratings of 122 queries, 3 raters").waitFor();
      await page.getByText("Left out: 13 not blind.").waitFor();
      await page.getByText("points don't add up to the score").waitFor();
      await page.keyboard.press("t");
      const row = page.getByRole("table", { name: "Agreement on scores" }).getByRole("row", { name: /^code/ });
      assert.match((await row.textContent())!, /(too few: \d+ of 30){3}$/);
      assert.equal(await forest(page, "Weighted κ").count(), 0);
    });
  });

  test("is no way to see how a sample was scored before it is rated: only that answer is read then", async () => {
    const daemon = new RatingDaemon({ rated: 148 });
    await rating(daemon, async (_, page) => {
      await forest(page, "Bias").waitFor();
      assert.equal(asked(daemon, "sparring/round/get").length, 0);
      for (const key of ["a", "Enter"]) await page.keyboard.press(key);
      await page.getByText("52 € expected, 44 € found").waitFor();
      await page.getByText("exact-match 0 (weight 2)").waitFor();
      await page.getByText("People, where the judge gives this score").waitFor();
      await page.getByTitle("the judge finds it met with probability 0.42").waitFor();
      assert.deepEqual(
        asked(daemon, "sparring/round/get").map(({ params }) => params),
        [{ run: "lsp-main", round: 40, from: 0 }],
      );
    });
  });

  test("follows the ratings", async () => {
    const daemon = new RatingDaemon({ rated: 148 });
    await rating(daemon, async (_, page) => {
      await page.getByText("134 blind ratings").waitFor();
      for (const key of ["a", "Enter", "a", "Enter", "a", "Enter"]) await page.keyboard.press(key);
      await heading(page, "Sample 3, submitted").waitFor();
      await page.getByText("137 blind ratings").waitFor();
    });
  });

  test("counts one's own ratings alone where others rate, too, and says who that is", async () => {
    const daemon = new RatingDaemon({ rated: 148 });
    await rating(daemon, async (_, page) => {
      await page.getByText("3 raters").waitFor();
      await page.getByTitle("also ada, jo").waitFor();
      await page.keyboard.press("m");
      await page.getByText("only mk").waitFor();
      assert.deepEqual(asked(daemon, "sparring/judge/agreement").at(-1)!.params, { run: "lsp-main", rater: "mk" });
      await page.getByRole("button", { name: "all ratings" }).click();
      await page.getByText("3 raters").waitFor();
    });
  });

  test("stays while the daemon is away, and is asked for again when it is back", async () => {
    const daemon = new RatingDaemon({ rated: 148 });
    await rating(daemon, async (panel, page) => {
      await page.getByText("134 blind ratings").waitFor();
      await panel.connection("away", "test");
      await page.getByText("The daemon is away.").waitFor();
      assert.equal(await page.getByText("134 blind ratings").count(), 1);
      daemon.ratings = [];
      await panel.connection("connected");
      await page.getByText("No blind ratings yet.").waitFor();
    });
  });

  test("says why a sample was picked, and of one that was named that it was", async () => {
    const why = (page: Page) => page.getByText("Why sample 1").locator("..");
    await rating(new RatingDaemon(), async (_, page) => {
      assert.match((await why(page).textContent())!, /^Why sample 1 scorers disagree on it \(which way is hidden\)/);
    });
    const input = { run: "lsp-main", round: 12, query: 3, answer: 0 };
    const check = async (_: unknown, page: Page): Promise<void> =>
      assert.equal(await why(page).textContent(), "Why sample 1 it was chosen by hand");
    await rating(new RatingDaemon(), check, { input });
  });

  test("goes to the numbers by a key, with the keyboard's focus", async () => {
    const daemon = new RatingDaemon({ rated: 148 });
    const check = async (_: unknown, page: Page): Promise<void> => {
      await forest(page, "Bias").waitFor();
      await page.keyboard.press("g");
      const section = page.getByRole("region", { name: "Agreement, judge and people" });
      assert.equal(await section.evaluate((element) => element === element.ownerDocument.activeElement), true);
      assert.equal(await heading(page, "Rate samples").isVisible(), true);
      assert.ok((await section.boundingBox())!.y < 200);
    };
    await rating(daemon, check, { width: 800, height: 600 });
  });

  for (const [kind, title] of [
    ["game", "No blind ratings yet."],
    ["unjudged", "No judge's scores to compare with."],
    ["imitation", "Nobody judges in this run."],
  ] as const) {
    test(`says "${title}" and draws nothing (${kind})`, async () => {
      const daemon = new RatingDaemon({ rated: kind === "game" ? 0 : 40, kind });
      await rating(daemon, async (_, page) => {
        await page.getByText(title).waitFor();
        assert.equal(await page.locator(".agreement svg").count(), 0);
        assert.deepEqual(await violations(page.mainFrame()), []);
      });
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
