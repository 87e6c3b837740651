import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { connect } from "../../daemon/client/connect.ts";
import type { RunOverview } from "../../daemon/protocol.ts";
import { isAlive, until } from "../e2e/daemons.ts";
import { skipped } from "./code-server.ts";
import { smallConfig } from "./small-config.ts";
import { stepsIn } from "./steps.ts";
import { VSCode } from "./vscode.ts";

test("a daemon is killed while it trains", { skip: skipped }, async (t) => {
  const code = new VSCode();
  t.after(() => code.close());
  writeFileSync(join(code.server.workspace, "small.sparring.yaml"), smallConfig);
  await code.start();
  const window = await code.open();
  const step = stepsIn(t, window);
  const newest = async (): Promise<RunOverview> => {
    const daemon = await connect({ home: code.server.home, client: { name: "test", version: "1" }, start: false });
    const { runs } = await daemon.request("sparring/run/list", {});
    daemon.close();
    return runs[0]!;
  };
  let killed = 0;
  let run!: RunOverview;

  await step("a run trains, and its panel is open", async () => {
    await window.openFile("small.sparring.yaml");
    await window.command("Sparring: Start Run…");
    await window.panel.getByRole("img").first().waitFor();
    await window.openView();
    await until(async () => ((await newest()).round ?? 0) >= 3, 120);
    run = await newest();
  });

  await step("the window finds another daemon by itself, and says that the run was interrupted", async () => {
    killed = (await code.server.daemon())!;
    process.kill(killed, "SIGKILL");
    await until(() => !isAlive(killed));
    await window.row(run.id).filter({ hasText: "interrupted" }).waitFor();
    await until(async () => {
      const pid = await code.server.daemon();
      return pid !== undefined && pid !== killed;
    });
    assert.equal((await newest()).state, "interrupted", "a daemon never trains unasked");
  });

  await step("no finished round is lost, and resuming goes on with the next", async () => {
    const { round } = await newest();
    assert.ok(round! >= run.round!);
    await window.command("Sparring: Resume Run");
    await window.row(run.id).filter({ hasText: "running" }).waitFor();
    await until(async () => (await newest()).round! > round!, 120);
  });

  await step("the panel that was open shows the new rounds", async () => {
    const { round } = await newest();
    await window.panel
      .getByText(new RegExp(`\\b${round! + 2}\\b`))
      .first()
      .waitFor();
  });

  assert.deepEqual(window.complaints, []);
});
