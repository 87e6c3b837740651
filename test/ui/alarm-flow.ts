import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Locator } from "playwright-core";
import { connect } from "../../daemon/client/connect.ts";
import type { RunOverview } from "../../daemon/protocol.ts";
import { until } from "../e2e/daemons.ts";
import { reply, serve, seven } from "../unit/judge/judge-server.ts";
import { stepsIn } from "./steps.ts";
import type { VSCode } from "./vscode.ts";

/** Any step at all is too far from the reference: it rings in round 2, the first that is played after a step. */
const ringing = `model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, queries: 8, answers: 4, rounds: 4 }
algorithm: { name: lsp, alpha_challenger: 0.25 }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
optimizer: { lr: 1.0e-3 }
eval: { every: 4, limit: 8 }
checkpoints: { every: 1 }
alarms: { window: 1, kl: { above: 1.0e-6, action: pause } }
`;

/** A run whose reward is a server's. */
const asking = (origin: string): string => `model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, queries: 2, answers: 2, rounds: 2 }
algorithm: { name: grpo }
solver: { max_tokens: 5 }
eval: { every: 1000, limit: 2 }
judge:
  reward: { kind: endpoint }
  endpoint: { url: "${origin}/v1", model: judge-1 }
`;

/** A button of a notice. */
function button(notice: Locator, title: string): Locator {
  return notice.locator(".monaco-button").filter({ hasText: title });
}

/**
 * What a person sees of alarms, of judges on servers and of ratings: a run that its alarm pauses is looked at, forked from before and
 * stopped, its fork is rated, and a run whose judge is a server is started. Other runs are stopped first.
 */
export async function alarmsAndConsent(t: TestContext, code: VSCode): Promise<void> {
  const server = await serve(t, (_, response) => reply(response, seven));
  writeFileSync(join(code.server.workspace, "ringing.sparring.yaml"), ringing);
  writeFileSync(join(code.server.workspace, "asking.sparring.yaml"), asking(server.origin));
  const window = await code.open();
  t.after(() => window.page.context().close());
  const { page } = window;
  const step = stepsIn(t, window);
  await until(() => code.server.daemon(), 60);
  const daemon = await connect({ home: code.server.home, client: { name: "test", version: "1" }, start: false });
  t.after(() => daemon.close());
  const runs = async (): Promise<RunOverview[]> => (await daemon.request("sparring/run/list", {})).runs;
  const overview = async (id: string): Promise<RunOverview> =>
    (await daemon.request("sparring/run/get", { run: id })).overview;
  for (const { id, state } of await runs()) {
    if (state === "running" || state === "paused") await daemon.request("sparring/run/stop", { run: id });
  }
  let run = "";

  await step("a run that its alarm pauses tells so, with what can be done", async () => {
    await window.openFile("ringing.sparring.yaml");
    await window.lens("Start").waitFor();
    await window.command("Sparring: Start Run…");
    const notice = window.notification(/paused/);
    await notice.waitFor();
    assert.match(await notice.innerText(), /KL/);
    for (const title of ["Show Samples", "Fork from Round 1…", "Resume"]) await button(notice, title).waitFor();
    run = (await runs()).find(({ name }) => name === "ringing")!.id;
  });

  await step("its samples are one click away, and marked", async () => {
    await button(window.notification(/paused/), "Show Samples").click();
    await window.tab("round-000002.md").waitFor();
    const { rounds } = await daemon.request("sparring/round/list", { run, after: 1, limit: 1 });
    const [sample] = rounds[0]!.alarms![0]!.samples;
    const { text } = await daemon.request("sparring/round/document", { run, round: 2 });
    const lines = text.split("\n");
    const query = lines.findIndex((line) => line.startsWith(`## Query ${sample!.query} `));
    const heading =
      sample!.answer === undefined
        ? query
        : lines.findIndex((line, i) => i > query && line.startsWith(`### Answer ${sample!.answer} `));
    assert.ok(heading > 0);
    await window.status(`Ln ${heading + 1}, Col 1`).waitFor();
    await page.locator(".squiggly-warning").first().waitFor();
    await page.keyboard.press("F8");
    await page.locator(".marker-widget").filter({ hasText: "Alarm of this round" }).waitFor();
    await page.keyboard.press("Escape");
  });

  await step("tree, status item and rounds panel show it, and why", async () => {
    await window.openView();
    await window.row(run).filter({ hasText: "paused by an alarm" }).waitFor();
    await window.status(/1 alarm/).waitFor();
    await window.tab(run).click();
    await window.panel.getByRole("alert").filter({ hasText: "KL" }).waitFor();
    await window.panel.getByRole("button", { name: /Warning in round 2:/ }).waitFor();
  });

  let fork = "";
  await step("a fork from before it waits behind the paused run, until that is stopped", async () => {
    await window.panel.getByRole("button", { name: "Fork from round 1…" }).click();
    await window.tab(`fork-of-${run}`).waitFor();
    await window.lens("Fork with these changes").waitFor();
    const { text } = await daemon.request("sparring/run/config", { run });
    // Below the line that says from where the fork is.
    const line = text.split("\n").findIndex((each) => /above: (1e-0*6|0\.000001)$/.test(each)) + 2;
    await page.keyboard.press("Control+G");
    await window.answer(`:${line}`);
    await page.keyboard.press("Home");
    await page.keyboard.press("Shift+End");
    await page.keyboard.type("above: 1.5");
    await page.keyboard.press("Escape");
    await window.command("Sparring: Fork with These Changes…");
    await window.dialog.filter({ hasText: "alarms.kl.above: 0.000001 → 1.5" }).waitFor();
    await window.dialog.getByRole("button", { name: "Fork" }).click();
    const notice = window.notification(/waits for .* keeps the device/);
    await notice.waitFor();
    fork = (await runs()).find(({ parent }) => parent?.run === run)!.id;
    assert.equal((await overview(fork)).state, "queued");
    await button(notice, `Stop ${run}`).click();
    await until(async () => (await overview(fork)).state === "finished", 120);
    assert.equal((await overview(run)).state, "stopped");
    await window.notification(`${fork} has finished`).waitFor();
  });

  await step("rating says why each sample is asked, and what the ratings tell so far", async () => {
    await window.command("Notifications: Clear All Notifications");
    await window.command("Sparring: Rate Samples");
    await window.pick(fork);
    const { panel } = window;
    for (let sample = 1; sample <= 2; sample++) {
      await panel.getByRole("heading", { name: `Sample ${sample}`, exact: true }).waitFor();
      assert.match(await panel.locator(".why").innerText(), new RegExp(`^Why sample ${sample} \\w`));
      for (const key of ["a", "4", "Enter"]) await page.keyboard.press(key);
    }
    const agreement = panel.getByRole("region", { name: "Agreement, judge and people" });
    await agreement.getByText(/2 blind ratings of \d quer/).waitFor();
  });

  await step("a key is kept for a judge's server", async () => {
    await window.command("Sparring: Give a Key for a Judge's Server…");
    await window.answer(server.origin);
    await page.getByText("Kept in the editor's secret storage").waitFor();
    await window.answer("key-of-the-test");
    await window.status(`The key for ${server.origin} is kept.`).waitFor();
  });

  await step("nothing is sent to a judge's server whose user does not agree", async () => {
    await window.openFile("asking.sparring.yaml");
    await window.command("Sparring: Start Run…");
    await window.dialog.filter({ hasText: "needs your trust" }).waitFor();
    await window.dialog.getByRole("button", { name: "Trust This Folder" }).click();
    await window.dialog.filter({ hasText: `Send the queries and answers of this run to ${server.origin}?` }).waitFor();
    await window.dialog.getByRole("button", { name: "Cancel" }).click();
    await window.dialog.waitFor({ state: "detached" });
    assert.ok((await runs()).every(({ name }) => name !== "asking"));
    assert.equal(server.connections(), 0);
  });

  await step("with agreement the run starts, and its answers are scored with the key", async () => {
    await window.command("Sparring: Start Run…");
    await window.dialog.filter({ hasText: server.origin }).getByRole("button", { name: "Send" }).click();
    const started = await until(async () => (await runs()).find(({ name }) => name === "asking")?.id);
    await until(async () => (await overview(started)).state === "finished", 120);
    assert.equal(server.asked.length, 8);
    assert.deepEqual([...new Set(server.asked.map(({ key }) => key))], ["Bearer key-of-the-test"]);
  });

  await step("a run whose agreement is gone asks again before it plays a query again", async () => {
    const asked = server.asked.length;
    const { id } = (await runs()).find(({ name }) => name === "asking")!;
    rmSync(join(code.server.home, "runs", id, "agreed.json"));
    await window.command("Sparring: Play a Query Again…");
    await window.pick(id);
    await window.answer("1");
    await window.pick(/^0: /);
    await window.pick("The newest weights");
    const question = window.dialog.filter({ hasText: `${id} (model builtin:nano): a judge is behind that server` });
    await question.waitFor();
    assert.equal(server.asked.length, asked);
    await question.getByRole("button", { name: "Send" }).click();
    await window.tab(/played again/).waitFor();
    assert.ok(server.asked.length > asked);
  });

  await step("the key is forgotten", async () => {
    await window.command("Sparring: Forget a Key for a Judge's Server…");
    await window.pick(server.origin);
    await window.status(`The key for ${server.origin} is forgotten.`).waitFor();
  });

  assert.deepEqual(window.complaints, []);
}
