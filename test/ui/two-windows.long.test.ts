import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { connect } from "../../daemon/client/connect.ts";
import { until } from "../e2e/daemons.ts";
import { skipped } from "./code-server.ts";
import { smallConfig } from "./small-config.ts";
import { stepsIn } from "./steps.ts";
import { VSCode } from "./vscode.ts";

test("two windows on one daemon", { skip: skipped }, async (t) => {
  const code = new VSCode();
  t.after(() => code.close());
  writeFileSync(join(code.server.workspace, "small.sparring.yaml"), smallConfig);
  await code.start();
  const one = await code.open();
  const two = await code.open();
  const step = stepsIn(t, one);
  let pid: number | undefined;
  let run = "";

  await step("both show the run that one has started", async () => {
    await one.openFile("small.sparring.yaml");
    await one.command("Sparring: Start Run…");
    await one.openView();
    await two.openView();
    await two.row(/small.*running/).waitFor();
    pid = await code.server.daemon();
    const daemon = await connect({ home: code.server.home, client: { name: "test", version: "1" }, start: false });
    t.after(() => daemon.close());
    run = (await daemon.request("sparring/run/list", {})).runs[0]!.id;
  });

  await step("what one does, the other shows", async () => {
    await two.command("Sparring: Pause Run");
    await one.row(run).filter({ hasText: "paused" }).waitFor();
    await one.command("Sparring: Resume Run");
    await two.row(run).filter({ hasText: "running" }).waitFor();
  });

  await step("both have the run's panel open, and both go on", async () => {
    await two.command("Sparring: Open Rounds");
    for (const window of [one, two]) await window.panel.getByRole("img").first().waitFor();
    for (const window of [one, two]) await window.status(/· \d+\/5000/).waitFor();
  });

  await step("closing one leaves run and daemon to the other", async () => {
    await one.page.context().close();
    const shown = async (): Promise<number> =>
      Number(/(\d+)\/5000/.exec((await two.status(/\/5000/).textContent()) ?? "")?.[1]);
    const before = await shown();
    await until(async () => (await shown()) > before, 120);
    assert.equal(await code.server.daemon(), pid, "one daemon all the time");
  });

  assert.deepEqual([...one.complaints, ...two.complaints], []);
});
