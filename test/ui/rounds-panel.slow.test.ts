import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import type { Method } from "../../daemon/protocol.ts";
import { until } from "../e2e/daemons.ts";
import { violations } from "./axe.ts";
import { collapsedRecording } from "./harness/collapsed.ts";
import { launchBrowser, PanelPage, type Theme, themes } from "./harness/panel-page.ts";
import { additionRecording, RecordedDaemon, type Recording, spinRecording } from "./harness/recording.ts";
import {
  alarmPausedRecording,
  ensembleRecording,
  hostileText,
  progressAt,
  syntheticRecording,
} from "./harness/synthetic.ts";

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

interface Opened {
  readonly panel: PanelPage<"rounds">;
  readonly daemon: RecordedDaemon;
  readonly run: string;
}

/** Opens the panel on a recording, waits for its answers, and closes it after `use`; it must not have complained. */
async function withPanel(
  recording: Recording,
  use: (opened: Opened) => Promise<void>,
  { theme = "dark-modern" as Theme, width = 1400, height = 900 } = {},
): Promise<void> {
  const daemon = new RecordedDaemon(recording);
  const run = recording.details.overview.id;
  const answer = daemon.answer.bind(daemon);
  const panel = await PanelPage.open(browser, { panel: "rounds", input: { run }, theme, width, height, answer });
  try {
    await panel.page.locator(".answer .tokens .heat").first().waitFor();
    await use({ panel, daemon, run });
    assert.deepEqual(panel.complaints, []);
  } finally {
    await panel.close();
  }
}

const long = (): Recording => syntheticRecording({ rounds: 312, of: 500 });

describe("the rounds panel", () => {
  test("is used by keys alone", async () => {
    await withPanel(additionRecording(), async ({ panel, run }) => {
      const { page, commands } = panel;
      const press = (key: string) => page.keyboard.press(key);
      const heading = (text: string) => page.getByRole("heading", { name: text, exact: true }).waitFor();
      const option = page.locator('[role="option"][aria-selected="true"]');
      assert.equal(panel.title, `Rounds: ${run}`);
      assert.equal(panel.watched, run);

      await heading("Round 40");
      await press("ArrowLeft");
      await heading("Round 39");
      await press("Home");
      await heading("Round 0");
      await page.getByText("No queries were played in this round").waitFor();
      await press("End");
      await heading("Round 40");
      await press(",");
      await heading("Round 30");
      await press("End");
      await heading("Round 40");

      const first = await option.textContent();
      await press("ArrowDown");
      assert.notEqual(await option.textContent(), first);
      await heading("Query 2 of 12");
      await press("j");
      await page.locator(".answer.open [aria-label='Answer 2']").waitFor();
      await press("Enter");
      assert.equal(await page.locator(".answer.open").count(), 0);
      await press("Enter");
      await page.locator(".token-facts").waitFor();

      await press("h");
      await page.getByText("underlined: negative").waitFor();
      await press("t");
      assert.equal(await page.getByRole("table").count(), 6);
      await press("t");
      await press("c");
      await heading("Curriculum");
      assert.equal(await page.locator(".curriculum-column").count(), 5);
      await press("c");

      const place = { run, round: 40, query: Number((await option.getAttribute("id"))!.split("-")[1]), answer: 1 };
      await heading("Round 40");
      for (const key of ["r", "w", "f", "l"]) await press(key);
      assert.deepEqual(commands, [
        { command: "sparring.rate", args: place },
        { command: "sparring.why", args: place },
        { command: "sparring.fork", args: { run, round: 40 } },
        { command: "sparring.openLineage", args: { run } },
      ]);

      await press("?");
      await page.getByRole("dialog", { name: "All keys" }).waitFor();
      await press("ArrowLeft");
      await press("Escape");
      await page.getByRole("dialog").waitFor({ state: "hidden" });
      await heading("Round 40");
    });
  });

  test("asks for the newest round while its series are still under way", async () => {
    const daemon = new RecordedDaemon(additionRecording());
    const run = daemon.recording.details.overview.id;
    let resolve!: () => void;
    const roundIsAsked = new Promise<void>((settle) => {
      resolve = settle;
    });
    const answer = async (method: Method, params: unknown): Promise<unknown> => {
      if (method === "sparring/round/get") resolve();
      if (method === "sparring/round/series") await roundIsAsked;
      return daemon.answer(method, params);
    };
    const size = { width: 1400, height: 900 };
    const panel = await PanelPage.open(browser, {
      panel: "rounds",
      input: { run },
      theme: "dark-modern",
      ...size,
      answer,
    });
    try {
      await panel.page.getByRole("heading", { name: "Round 40", exact: true }).waitFor();
      const times = (asked: Method): number => daemon.asked.filter(({ method }) => method === asked).length;
      assert.deepEqual([times("sparring/round/series"), times("sparring/round/get")], [1, 1]);
    } finally {
      await panel.close();
    }
  });

  test("shows the text of answers that have no tokens, as a person writes them", async () => {
    const recording = additionRecording();
    const rounds = Object.entries(recording.rounds).map(([round, { queries, tokens }]) => [
      round,
      {
        queries,
        tokens: Object.fromEntries(
          Object.entries(tokens).map(([query, { answers }]) => [query, { query: [], answers: answers.map(() => []) }]),
        ),
      },
    ]);
    const daemon = new RecordedDaemon({ ...recording, rounds: Object.fromEntries(rounds) });
    const panel = await PanelPage.open(browser, {
      panel: "rounds",
      input: { run: recording.details.overview.id },
      theme: "dark-modern",
      width: 1400,
      height: 900,
      answer: (method, params) => daemon.answer(method, params),
    });
    try {
      await until(() => daemon.asked.some(({ method }) => method === "sparring/round/tokens"));
      // Drawn after the tokens came: what is pressed is answered in order.
      await panel.page.keyboard.press("h");
      await panel.page.getByText("underlined: negative").waitFor();
      const texts = panel.page.locator(".answer .tokens .model-text");
      await texts.first().waitFor();
      assert.ok((await texts.allTextContents()).every((text) => text !== ""));
    } finally {
      await panel.close();
    }
  });

  test("follows a live run until a person picks a round, and fetches only what is new", async () => {
    await withPanel(long(), async ({ panel, daemon, run }) => {
      const { page } = panel;
      await page.getByText("53/84").waitFor();
      const tell = (finished: number): Promise<void> =>
        panel.tell({ type: "told", method: "sparring/round/progress", params: progressAt(run, finished, 500, 0.25) });
      const grow = (): void => {
        const { series, rounds } = daemon.recording.series;
        const grown = Object.entries(series).map(([metric, values]) => [metric, [...values, values.at(-1) ?? null]]);
        daemon.recording = {
          ...daemon.recording,
          series: { rounds: [...rounds, rounds.length], series: Object.fromEntries(grown), alarms: [] },
        };
      };
      grow();
      await tell(313);
      await page.getByRole("heading", { name: "Round 313" }).waitFor();
      assert.deepEqual(
        daemon.asked
          .filter(({ method }) => method === "sparring/round/series")
          .map(({ params }) => (params as { after: number }).after),
        [-1, 312],
      );
      for (let times = 0; times < 5; times++) await page.keyboard.press("PageUp");
      await page.getByRole("heading", { name: "Round 263" }).waitFor();
      grow();
      await tell(314);
      await page.getByText("314 live").waitFor();
      await page.getByRole("heading", { name: "Round 263" }).waitFor();
      await page.keyboard.press("p");
      await page.getByRole("button", { name: "Stop" }).click();
      assert.deepEqual(panel.commands, [
        { command: "sparring.pause", args: { run } },
        { command: "sparring.stop", args: { run } },
      ]);
    });
  });

  test("says when the daemon is away, keeps what it shows, and asks again when it is back", async () => {
    await withPanel(additionRecording(), async ({ panel, daemon }) => {
      const { page } = panel;
      await panel.connection("away", "It was stopped.");
      await page.getByText("The daemon is away.").waitFor();
      assert.ok((await page.locator(".answer").count()) > 0);
      const fetches = () => daemon.asked.filter(({ method }) => method === "sparring/round/series");
      const before = fetches().length;
      await panel.connection("connected");
      await page.getByText("The daemon is away.").waitFor({ state: "hidden" });
      await until(() => fetches().length > before);
      const later = fetches();
      assert.equal((later.at(-1)!.params as { after: number }).after, -1);
    });
  });

  test("shows hostile text inert, with everything that can't be seen written out", async () => {
    await withPanel(long(), async ({ panel }) => {
      const { page } = panel;
      const row = page.getByRole("option").filter({ hasText: "Explain to a ten-year-old" });
      await row.click();
      const shown = page.locator(".query-text");
      await shown.getByText("‹U+202E›").waitFor();
      const text = await shown.textContent();
      for (const visible of [
        '<script>document.title="owned"</script>',
        "‹U+001B›[31m",
        "‹U+200B›",
        "‹U+2066›",
        "‹U+E000›",
      ]) {
        assert.ok(text!.includes(visible), visible);
      }
      const whole = (await page.locator("body").textContent())!;
      for (const unseen of ["\u001b", "\u200b", "\u202e", "\u202c", "\u2066", "\ue000"]) {
        assert.ok(hostileText.includes(unseen) && !whole.includes(unseen));
      }
      assert.equal(await page.locator("#panel img, #panel script, #panel a").count(), 0);
      assert.equal(await page.title(), "rounds");
    });
  });

  test("draws 10,000 rounds with no more points than pixels", async () => {
    await withPanel(syntheticRecording({ rounds: 10_000, of: 12_000 }), async ({ panel }) => {
      const { page } = panel;
      const lines = await page
        .locator(".chart .line")
        .evaluateAll((all) => all.map((line) => String(line.getAttribute("d"))));
      const width = (await page.locator(".plot").first().boundingBox())!.width;
      assert.ok(lines.length >= 8);
      for (const d of lines) assert.ok(d.split(/[ML]/).length <= width + 2);
      await page.keyboard.press("Home");
      await page.getByRole("heading", { name: "Round 0", exact: true }).waitFor();
    });
  });

  test("goes from alarm to alarm by keys, says what began, and selects what shows it", async () => {
    await withPanel(long(), async ({ panel: { page } }) => {
      const press = (key: string) => page.keyboard.press(key);
      const heading = (name: string | RegExp) => page.getByRole("heading", { name, exact: true }).waitFor();
      const notice = page.getByRole("list", { name: "Alarms that began with this round" });
      await heading("Round 312");
      await press("[");
      await heading("Round 296");
      await notice.getByText("Since the first rounds the self-reward rose by 9 % of its range").waitFor();
      await notice.getByText("Only 46 % of the queries are admitted").waitFor();
      await page.getByRole("status").getByText("Warning in round 296: Since the first rounds").waitFor();
      const selected = page.locator('[role="option"][aria-selected="true"]');
      assert.equal(await selected.getAttribute("id"), "query-5");
      assert.match((await selected.locator(".flags").textContent())!, /judge ≠/);
      await page.locator(".answer.open [aria-label='Answer 4']").waitFor();
      await page.locator(".answer.open .remarks").getByText("rose by 9 % of its range").waitFor();
      assert.match(
        (await page.getByRole("option").filter({ hasText: "Hint: the answer is 36" }).textContent())!,
        /▲ not admitted/,
      );

      // By keyboard, as everything: the links are buttons.
      const link = notice.getByRole("button", { name: /^query \d+, answer 1$/ });
      const [, number] = /^query (\d+)/.exec((await link.textContent())!)!;
      await link.focus();
      await press("Enter");
      await heading(`Query ${number} of 14`);
      assert.equal(await selected.getAttribute("id"), "query-2");

      await press("[");
      await heading("Round 289");
      assert.equal(await notice.getByRole("listitem").count(), 1);
      await press("]");
      await heading("Round 296");
      await press("]");
      await heading("Round 296");

      await press("a");
      const dialog = page.getByRole("dialog", { name: "Alarms" });
      assert.equal(await dialog.getByRole("listitem").count(), 5);
      await press("ArrowLeft");
      await dialog.getByRole("button", { name: /^187/ }).click();
      await dialog.waitFor({ state: "hidden" });
      await heading("Round 187");
    });
  });

  test("marks alarms on the timeline and in the chart that each is about", async () => {
    await withPanel(long(), async ({ panel: { page } }) => {
      const marks = page.getByRole("region", { name: "Alarms on the timeline" }).getByRole("button");
      assert.equal(await marks.count(), 4);
      const [first] = await marks.all();
      assert.match((await first!.getAttribute("aria-label"))!, /Warning in round 187: The Challenger is 1\.64 nat/);
      assert.match((await first!.textContent())!, /187 KL Challenger 1\.64/);
      await first!.focus();
      await first!.locator(".tip").waitFor({ state: "visible" });
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Round 187", exact: true }).waitFor();
      assert.equal(await page.locator('.alarm-mark[tabindex="0"]').count(), 1);
      const chart = (title: string) => page.locator(`.chart:has(figcaption b:text-is("${title}"))`);
      const counts = await Promise.all(
        ["Solver reward", "Self-reward", "KL to reference", "Queries", "Answer length"].map((title) =>
          chart(title).locator(".alarm-triangle").count(),
        ),
      );
      assert.deepEqual(counts, [0, 1, 1, 1, 2]);
      await chart("Self-reward").locator(".alarm-triangle").click();
      await page.getByRole("heading", { name: "Round 296", exact: true }).waitFor();
    });
  });

  test("shows the alarms of a recorded run that collapsed, with the threshold that was crossed", async () => {
    await withPanel(collapsedRecording("lsp-vs-zero.lsp-likelihood.1"), async ({ panel: { page } }) => {
      await page.locator(".threshold").getByText("alarm below 50 % admitted").waitFor();
      for (const [round, words] of [
        [103, "away from the reference (KL)"],
        [102, "of the queries are admitted"],
        [99, "The queries are more alike"],
        [62, "of its range"],
      ] as const) {
        await page.keyboard.press("[");
        await page.getByRole("heading", { name: `Round ${round}`, exact: true }).waitFor();
        await page
          .getByRole("list", { name: /^Alarms that began/ })
          .getByText(words)
          .waitFor();
      }
    });
  });

  test("says that there was no alarm so far, and how many are watched", async () => {
    const { series, ...rest } = long();
    await withPanel({ ...rest, series: { ...series, alarms: [] } }, async ({ panel: { page } }) => {
      assert.equal(await page.locator(".alarm-row").count(), 0);
      await page.keyboard.press("a");
      const dialog = page.getByRole("dialog", { name: "Alarms" });
      await dialog.getByText("No alarm so far").waitFor();
      await dialog.getByText("9 watched: KL, length, repetition").waitFor();
    });
  });

  test("says why a run paused itself, with what can be done", async () => {
    await withPanel(alarmPausedRecording(), async ({ panel: { page, commands }, run }) => {
      const why = page.getByRole("alert");
      await why.getByText("The run paused itself after round 296").waitFor();
      await page.keyboard.press("Home");
      await why.getByRole("button", { name: "Show samples" }).click();
      await page.getByRole("heading", { name: "Round 296", exact: true }).waitFor();
      assert.equal(await page.locator('[aria-selected="true"]').getAttribute("id"), "query-5");
      await why.getByRole("button", { name: "Fork from round 250…" }).click();
      await page.getByRole("button", { name: "Resume", exact: true }).click();
      assert.deepEqual(commands, [
        { command: "sparring.fork", args: { run, round: 250 } },
        { command: "sparring.resume", args: { run } },
      ]);
    });
  });

  test("says who judged an answer, what each judge of an ensemble gave, and that unscored is not 0", async () => {
    await withPanel(ensembleRecording(), async ({ panel: { page } }) => {
      const why = page.locator(".answer.open .why");
      await why.getByText("ensemble:reward-model+verifier").waitFor();
      assert.deepEqual(await why.locator("thead th").allTextContents(), ["judge", "value", "weight", "scale", "of R"]);
      assert.deepEqual(await why.locator("tbody tr").first().locator("th, td").allTextContents(), [
        "reward-model",
        "−2.35",
        "2",
        "0.5",
        "−0.78",
      ]);
      await why.getByText("The verifier found 52 € at the end of the answer.").waitFor();
      assert.match((await why.locator("p").textContent())!, /^likelihood of each criterion 1 0\.97.*sum \d\.\d\d$/);
      await page.getByText("R, any value").waitFor();
      await page.getByRole("option").filter({ hasText: "unscored" }).first().click();
      const unscored = page.locator(".answer", { hasText: "unscored" }).first();
      await unscored.getByRole("button").first().click();
      await why
        .locator("td", { hasText: /^unscored: ./ })
        .first()
        .waitFor();
      await why.getByText("counts nowhere, not as 0").first().waitFor();
    });
  });

  test("says that GRPO's advantages are standardised, unless the config leaves that out", async () => {
    const { details, ...rest } = additionRecording();
    for (const [normalization, formula] of [
      ["dapo", "A = (R − group mean) / standard deviation"],
      ["dr_grpo", "A = R − group mean"],
    ] as const) {
      const overview = { ...details.overview, algorithm: "grpo" };
      const config = { ...details.config, algorithm: { name: "grpo", normalization } };
      await withPanel({ ...rest, details: { ...details, overview, config } }, async ({ panel: { page } }) => {
        const legend = await page.locator(".legend .formula").textContent();
        assert.equal(legend, `${formula} · ■ criterion met □ not met`);
      });
    }
  });

  test("shows an imitation's pairs side by side, the worst margin first, and no word of Challenger or judge", async () => {
    await withPanel(spinRecording(), async ({ panel, daemon, run }) => {
      const { page, commands } = panel;
      await page.getByText("iteration 3 of 3").waitFor();
      await page.getByRole("img", { name: /^Margin, of implicit rewards r/ }).waitFor();
      assert.equal(await page.locator(".timeline path.iteration").count(), 2);
      const margins = (await page.locator(".pair-row .advantage .num").allTextContents()).map((text) =>
        Number(text.replace("−", "-")),
      );
      assert.equal(margins.length, 12);
      assert.deepEqual(
        margins,
        margins.toSorted((a, b) => a - b),
      );
      assert.equal(await page.locator(".pair-row .flags", { hasText: "skipped: identical" }).count(), 1);
      assert.deepEqual(await page.locator(".side b:not(.token-facts b)").allTextContents(), ["real", "generated"]);
      assert.doesNotMatch(await page.locator("main").innerText(), /Challenger|judge|admitted|curriculum|self-reward/i);

      await page.keyboard.press("h");
      await page.getByText("underlined: less likely than to the reference").waitFor();
      await page.keyboard.press("c");
      await page.keyboard.press("j");
      await page.locator(".side.open b", { hasText: "generated" }).waitFor();
      await page.keyboard.press("w");
      const query = Number((await page.locator('[aria-selected="true"]').getAttribute("id"))!.split("-")[1]);
      assert.deepEqual(commands, [{ command: "sparring.why", args: { run, round: 60, query, answer: 1 } }]);
      await page.keyboard.press("Home");
      await page.getByText("Nothing was imitated in this round").waitFor();

      const asked = daemon.asked.filter(({ method }) => method === "sparring/round/series").at(-1)!;
      assert.ok((asked.params as { metrics: string[] }).metrics.includes("imitation/loss"));
      assert.ok(!(asked.params as { metrics: string[] }).metrics.includes("challenger/difficulty"));
    });
  });

  for (const theme of themes) {
    test(`has nothing that axe finds wrong in an imitation, ${theme}`, async () => {
      await withPanel(
        spinRecording(),
        async ({ panel: { page } }) => {
          assert.deepEqual(await violations(page.mainFrame()), []);
        },
        { theme },
      );
    });
  }

  for (const theme of themes) {
    test(`has nothing that axe finds wrong, ${theme}`, async () => {
      await withPanel(
        long(),
        async ({ panel: { page } }) => {
          assert.deepEqual(await violations(page.mainFrame()), []);
          await page.keyboard.press("[");
          await page.locator(".alarm-notice").waitFor();
          await page.keyboard.press("a");
          const dialog = page.getByRole("dialog", { name: "Alarms" });
          await dialog.waitFor();
          assert.deepEqual(await violations(page.mainFrame()), []);
          await page.keyboard.press("Escape");
          await dialog.waitFor({ state: "hidden" });
          for (const key of ["t", "c"]) await page.keyboard.press(key);
          await page.locator(".curriculum-column li").first().waitFor();
          assert.deepEqual(await violations(page.mainFrame()), []);
        },
        { theme },
      );
    });
  }

  test("fits 800×600 and less: nothing sticks out to the right", async () => {
    for (const [width, recording] of [
      [800, long()],
      [560, long()],
      [560, spinRecording()],
      [560, alarmPausedRecording()],
      [800, ensembleRecording()],
    ] as const) {
      await withPanel(
        recording,
        async ({ panel: { page } }) => {
          const overflow = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth",
          );
          assert.equal(overflow, 0);
        },
        { width, height: 600 },
      );
    }
  });
});
