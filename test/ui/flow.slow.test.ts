import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { DaemonClient } from "../../daemon/client/client.ts";
import { connect } from "../../daemon/client/connect.ts";
import type { RunOverview } from "../../daemon/protocol.ts";
import { until } from "../e2e/daemons.ts";
import { alarmsAndConsent } from "./alarm-flow.ts";
import { violations } from "./axe.ts";
import { skipped } from "./code-server.ts";
import { smallConfig } from "./small-config.ts";
import { stepsIn } from "./steps.ts";
import { VSCode } from "./vscode.ts";

test("in a real VS Code", { skip: skipped }, async (t) => {
  const code = new VSCode();
  t.after(() => code.close());
  await code.start();
  await t.test("a person's way through Sparring", (way) => throughSparring(way, code));
  await t.test("alarms, consent and agreement", (way) => alarmsAndConsent(way, code));
});

async function throughSparring(t: TestContext, code: VSCode): Promise<void> {
  writeFileSync(join(code.server.workspace, "small.sparring.yaml"), smallConfig);
  const window = await code.open();
  t.after(() => window.page.context().close());
  const { page } = window;
  const step = stepsIn(t, window);
  let daemon!: DaemonClient;
  let run = "";
  const overview = async (id = run): Promise<RunOverview> =>
    (await daemon.request("sparring/run/get", { run: id })).overview;

  await step("a config is completed", async () => {
    await window.openFile("small.sparring.yaml");
    await window.lens("Start").waitFor();
    await window.clickLine("limit: 16");
    await page.keyboard.press("Enter");
    await page.keyboard.type("tem");
    await window.suggestion("temperature").first().click();
    await page.keyboard.type("0");
    await until(async () => /^ {2}temperature: 0$/m.test(await window.text()));
  });

  await step("a misspelt key is marked, and mended by its quick fix", async () => {
    await window.clickLine("answers: 4");
    await page.keyboard.press("Home");
    await page.keyboard.type("x");
    await page.locator(".squiggly-error").first().waitFor();
    await page.keyboard.press("Control+.");
    await page
      .locator(".action-widget .action-list-item, .action-widget .monaco-list-row")
      .filter({ hasText: "Rename to answers" })
      .click();
    await page.locator(".squiggly-error").first().waitFor({ state: "detached" });
    assert.match(await window.text(), /^ {2}answers: 4$/m);
    await page.keyboard.press("Control+S");
  });

  await step("a run is started from the palette, and its rounds arrive", async () => {
    await window.command("Sparring: Start Run…");
    await window.panel.getByRole("img").first().waitFor();
    await window.openView();
    daemon = await connect({ home: code.server.home, client: { name: "test", version: "1" }, start: false });
    t.after(() => daemon.close());
    run = (await daemon.request("sparring/run/list", {})).runs[0]!.id;
    await window
      .row(run)
      .filter({ hasText: /running · \d+\/5000/ })
      .waitFor();
    await window.status(/small.* · \d+\/5000/).waitFor();
    await window.panel
      .getByText(/Round \d+/)
      .first()
      .waitFor();
  });

  await step("it is paused in the middle of a phase, and resumed", async () => {
    await window.command("Sparring: Pause Run");
    await window.row(run).filter({ hasText: "paused" }).waitFor();
    const { progress } = await daemon.request("sparring/run/get", { run });
    assert.equal(progress?.state, "paused");
    assert.ok(progress.phase, "the round under way is kept, in its phase");
    const held = (await overview()).round!;
    await window.command("Sparring: Resume Run");
    await window.row(run).filter({ hasText: "running" }).waitFor();
    await until(async () => (await overview()).round! > held, 60);
  });

  await step("a round is read with scores and lenses beside the text", async () => {
    await until(async () => (await overview()).round! >= 5, 120);
    await window.command("Sparring: Read a Round…");
    await window.answer("5");
    await window.tab("round-000005.md").waitFor();
    await window.lens("Rate").first().waitFor();
    await window.lens("Compare with base").first().waitFor();
    await until(async () => /V [\d.]+.*A [+−-]/.test(await window.text()), 60);
    const text = await window.text();
    assert.match(text, /## Query \d+/);
    assert.match(text, /R [01](\.\d+)? · R_Q [\d.]+ · A [+−-]?[\d.]+/);
    await window.lens("Why this score").first().click();
    await window.tab(/answer \d+\.txt/).waitFor();
  });

  await step("ten samples are rated by keyboard, blind", async () => {
    await window.command("Sparring: Rate Samples");
    await window.panel.getByRole("heading", { name: "Sample 1", exact: true }).waitFor();
    const [sample] = (await window.panel.locator("#panel").innerText()).split("Agreement, judge and people");
    assert.doesNotMatch(sample!, /R_Q|reward|round \d/i);
    for (let sample = 1; sample <= 10; sample++) {
      await window.panel.getByRole("heading", { name: `Sample ${sample}`, exact: true }).waitFor();
      for (const key of ["a", "4", "Enter"]) await page.keyboard.press(key);
    }
    const rated = await until(async () => {
      const { ratings } = await daemon.request("sparring/rating/list", { run });
      return ratings.length === 10 ? ratings : undefined;
    }, 60);
    for (const { score, criteria, blind } of rated) {
      assert.deepEqual([score, criteria, blind], [6, [1, 1, 1, 0, 1, 1, 1], true]);
    }
    assert.deepEqual(await violations(await window.panelFrame()), []);
  });

  let fork = "";
  await step("a fork with another weight of the KL term is written, confirmed and played", async () => {
    await window.command("Sparring: Stop Run");
    await window.row(run).filter({ hasText: "stopped" }).waitFor();
    await window.command("Sparring: Fork from Checkpoint…");
    await window.pick("Checkpoint of round");
    await window.tab("fork-of-").waitFor();
    await window.lens("Fork with these changes").waitFor();
    await window.clickLine(/^\s+beta:\s/);
    await page.keyboard.press("Home");
    await page.keyboard.press("Shift+End");
    await page.keyboard.type("beta: 0.2");
    await page.keyboard.press("Escape");
    await window.command("Sparring: Fork with These Changes…");
    await window.dialog.filter({ hasText: /kl\.beta: [\d.]+ → 0\.2/ }).waitFor();
    await window.dialog.getByRole("button", { name: "Fork" }).click();
    fork = await until(
      async () => (await daemon.request("sparring/run/list", {})).runs.find(({ parent }) => parent)?.id,
    );
    await until(async () => {
      const { round, parent } = await overview(fork);
      return (round ?? 0) > parent!.round;
    }, 120);
    const { config: changed } = await daemon.request("sparring/run/get", { run: fork });
    assert.deepEqual((changed.kl as { beta: number }).beta, 0.2);
    await window.row(fork).waitFor();
  });

  await step("the fork is compared with its base, and a pick is kept", async () => {
    await window.command("Sparring: Compare Checkpoints");
    await window.pick(fork);
    await window.panel.getByRole("button", { name: /^Compare/ }).waitFor();
    await page.keyboard.press("Enter");
    await window.panel.getByRole("listitem").first().waitFor();
    await page.keyboard.press("ArrowLeft");
    const [pick] = await until(async () => {
      const { picks } = await daemon.request("sparring/comparison/list", { run: fork });
      return picks.length > 0 ? picks : undefined;
    }, 60);
    assert.equal(pick!.blind, true);
    assert.deepEqual(pick!.sides, [
      { run: fork, weights: "current" },
      { run: fork, weights: "reference" },
    ]);
    assert.deepEqual(await violations(await window.panelFrame()), []);
  });

  await step("the lineage shows where the fork began", async () => {
    await window.command("Sparring: Open Lineage");
    await window.panel.getByText(/beta/).first().waitFor();
    assert.deepEqual(await violations(await window.panelFrame()), []);
  });

  await step("samples are exported", async () => {
    await window.command("Sparring: Export Samples…");
    await window.pick(fork);
    await window.pick("Preference pairs");
    const name = `${fork}-preferences.jsonl`;
    await window.accept(name);
    await window.notification(/rows of \d+ rounds/).waitFor();
    const file = join(code.server.workspace, name);
    const [line] = readFileSync(file, "utf8").split("\n");
    assert.deepEqual(Object.keys(JSON.parse(line!)).sort().slice(0, 2), ["chosen", "prompt"]);
  });

  assert.deepEqual(window.complaints, []);
}
