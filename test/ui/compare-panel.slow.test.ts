import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { violations } from "./axe.ts";
import { CompareDaemon } from "./fakes/compare-daemon.ts";
import { launchBrowser, PanelPage, type Theme, themes } from "./harness/panel-page.ts";

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** Opens the panel over a daemon and hands both to a test. */
async function comparing(
  daemon: CompareDaemon,
  work: (panel: PanelPage<"compare">, page: Page) => Promise<void>,
  { theme = "dark-modern", width = 1400, height = 900 }: Partial<{ theme: Theme; width: number; height: number }> = {},
): Promise<void> {
  const panel = await PanelPage.open(browser, {
    panel: "compare",
    input: { run: "lsp-main", weights: { checkpoint: 300 } },
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

const blindNote = "blind: whose they are shows after your pick";

/** Starts the comparison that the panel opens with. */
async function start(page: Page): Promise<void> {
  await page.locator(".setup button.primary").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText(blindNote).waitFor();
}

describe("the compare panel", () => {
  test("lets a person pick blind by keyboard, and records the sides' own order", async () => {
    const daemon = new CompareDaemon();
    await comparing(daemon, async (panel, page) => {
      await start(page);
      assert.equal(await page.locator(".full-answer").getByText("R 0.90").count(), 0, "scores are hidden");
      const left = (await page.locator(".full-answer .text").first().textContent())!;
      for (const key of ["ArrowLeft", "ArrowRight", "ArrowDown"]) await page.keyboard.press(key);
      await page.getByText("3 of 7 prompts picked, 1 with equal answers").waitFor();
      const [first, second, third] = daemon.picks;
      assert.equal(first?.answers[first.choice === "first" ? 0 : 1], left, "the left answer was preferred");
      assert.deepEqual(first?.sides, [
        { run: "lsp-main", weights: { checkpoint: 300 } },
        { run: "lsp-main", weights: "reference" },
      ]);
      assert.deepEqual([first?.blind, first?.rater, third?.choice], [true, "mk", "tie"]);
      assert.equal(second?.prompt, "What is 37 + 48?");
      assert.equal(third?.prompt, "Write a haiku about a slow compiler.", "equal answers are passed over");

      await page.keyboard.press("u");
      await page.getByText("2 of 7 prompts picked").waitFor();
      assert.equal(daemon.picks.length, 2);
      await page.keyboard.press("d");
      await page.keyboard.press("k");
      await page.getByText("equal answers: there is nothing to pick").waitFor();
      const [diff] = panel.commands;
      assert.equal(diff!.command, "sparring.diffTexts");
      assert.equal((diff!.args as { title: string }).title, "Prompt 4: left ↔ right", "the title keeps the secret");
      await page.keyboard.press("k");
      await page.getByText("the verifier expects 85").waitFor();
      assert.equal(await page.locator(".full-answer").getByText("R 0.90").count(), 1);
    });
  });

  test("says why an answer has its scores, by keyboard, and not before the pick", async () => {
    await comparing(new CompareDaemon(), async (_, page) => {
      await start(page);
      const why = page.locator(".full-answer details.why");
      assert.equal(await why.count(), 0);
      const hidden = (await page.locator("#panel").innerText()).toLowerCase();
      for (const secret of ["why these scores", "vague", "clear.", "reward-model:x", "time-out"]) {
        assert.ok(!hidden.includes(secret), secret);
      }
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("k");
      assert.equal(await why.count(), 2);
      const explained = why.filter({ hasText: "Clear." });
      await explained.locator("summary").focus();
      await page.keyboard.press("Enter");
      await explained.getByText("by self-reward, 0 to 7").waitFor();
      const told = await explained.innerText();
      for (const shown of ["the rules and the model agree", "Clear.‹U+202E›<b>Good</b>", "unscored: time-out"]) {
        assert.ok(told.includes(shown), `${shown}: ${told}`);
      }
      assert.equal(await explained.locator("b", { hasText: "Good" }).count(), 0, "a judge's words are no markup");
      assert.match(told, /endpoint:m/);
      assert.match(told, /not met \(0\.30\): Form and style/);
      assert.deepEqual(await violations(page.mainFrame()), []);
      await page.keyboard.press("u");
      await page.getByText(blindNote).waitFor();
      assert.equal(await why.count(), 0, "a pick that is taken back hides it again");
    });
  });

  test("says what is wrong with the form, and asks for what stands in it", async () => {
    const daemon = new CompareDaemon();
    await comparing(daemon, async (_, page) => {
      await page.locator(".setup button.primary").waitFor();
      await page.getByLabel("Prompts").selectOption("texts");
      await page.getByText("1 to 64 prompts, with an empty line between two.").waitFor();
      await page.getByLabel("an empty line between two").fill("one\n\ntwo");
      await page.getByLabel("temperature").fill("0");
      await page.getByLabel("Second: weights").selectOption("at 200");
      await page.locator(".setup button.primary").click();
      await page.getByText(blindNote).waitFor();
      const asked = daemon.asked.find(({ method }) => method === "sparring/checkpoint/compare");
      assert.deepEqual(
        { ...(asked?.params as object), task: "" },
        {
          sides: [
            { run: "lsp-main", weights: { checkpoint: 300 } },
            { run: "lsp-main", weights: { checkpoint: 200 } },
          ],
          prompts: { texts: ["one", "two"] },
          seed: 0,
          temperature: 0,
          task: "",
        },
      );
    });
  });

  test("keeps picks that did not get through, and sends each once when the daemon is back", async () => {
    const daemon = new CompareDaemon();
    await comparing(daemon, async (panel, page) => {
      await start(page);
      daemon.isAway = true;
      for (const key of ["ArrowLeft", "ArrowLeft"]) await page.keyboard.press(key);
      await page.getByText("2 changes not saved yet, and kept here.").waitFor();
      await panel.connection("away", "test");
      daemon.isAway = false;
      await panel.connection("connected");
      await page.getByText("2 changes not saved yet").waitFor({ state: "detached" });
      await page.keyboard.press("u");
      await page.getByText("1 of 7 prompts picked").waitFor();
      await page.keyboard.press("j");
      assert.equal(new Set(daemon.picks.map(({ id }) => id)).size, daemon.picks.length);
    });
  });

  test("shows answers as text, with what nobody could see written out", async () => {
    await comparing(new CompareDaemon(), async (_, page) => {
      await start(page);
      for (let i = 0; i < 4; i++) await page.keyboard.press("j");
      await page.getByText("Repeat after me: <script>alert(1)</script>").waitFor();
      const answers = await page.locator(".full-answer .text").allTextContents();
      assert.ok(answers.some((text) => text.includes("‹U+202E›)1(trela‹U+202C›‹U+200B› ‹U+001B›[2Jgone")));
      assert.equal(await page.locator("#panel script").count(), 0);
    });
  });

  for (const theme of themes) {
    test(`passes axe in ${theme}, in the form and among the answers`, async () => {
      await comparing(
        new CompareDaemon(),
        async (_, page) => {
          await page.locator(".setup button.primary").waitFor();
          assert.deepEqual(await violations(page.mainFrame()), []);
          await start(page);
          await page.keyboard.press("ArrowLeft");
          await page.keyboard.press("k");
          await page.getByText("the verifier expects").or(page.getByText("is better, says mk")).first().waitFor();
          assert.deepEqual(await violations(page.mainFrame()), []);
        },
        { theme, width: 800, height: 600 },
      );
    });
  }
});
