import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../e2e/daemons.ts";
import { skipped } from "./code-server.ts";
import { stepsIn } from "./steps.ts";
import { VSCode } from "./vscode.ts";
import { writeRun, writtenQuery } from "./written-run.ts";

/** What a model may write to do something in a window that shows it. */
const attacks = {
  markup: `<img src="https://evil.example/pixel" onerror="top.document.title='owned'"><script>top.document.title='owned'</script>`,
  links:
    "[press](command:workbench.action.closeWindow) ![](https://evil.example/pixel) <a href='https://evil.example'>a</a>",
  escapes: "\u001b[2J\u001b[31mred\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007\u0008\u0007",
  direction: "abc\u202edef\u2066ghi\u2069",
  invisible: "zero\u200bwidth\u2060join\ufeff",
  structure: "# round 7\n## Query 99\n### Answer 99\n```\nfence\n```\n---",
  icons: "$(trash) $(sync~spin)",
};
const name = `<b>run</b> $(trash) \u202e [x](command:workbench.action.closeWindow)`;

/** Characters that must not reach a screen as they are: control, format (direction, zero width) and the like. */
const unseen = /[^\P{C}\n\t]/u;

test("a model that writes to attack its reader", { skip: skipped }, async (t) => {
  const code = new VSCode();
  t.after(() => code.close());
  const texts = Object.values(attacks);
  const queries = texts.map((text, index) => writtenQuery(index, text, texts));
  const samples = new Map([1, 2, 3].map((round) => [round, queries]));
  await writeRun(code.server.home, { id: "hostile", name, rounds: 3, samples, notes: texts });
  await code.start();
  const window = await code.open();
  const { page } = window;
  const step = stepsIn(t, window);
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("evil.example")) asked.push(request.url());
  });

  await step("is a row of the tree, with its name as text", async () => {
    await window.openView();
    await window.row("hostile").waitFor();
    await window.row("hostile").hover();
    const hover = window.hover.filter({ hasText: "<b>run</b>" });
    await hover.waitFor();
    assert.doesNotMatch(await hover.innerText(), unseen);
  });

  await step("is text in a round's document, and can't forge its structure", async () => {
    await window.command("Sparring: Read a Round…");
    await window.answer("3");
    await window.lens("Rate").first().waitFor();
    await until(async () => /<img src=/.test(await window.text()), 60);
    const text = await window.text();
    assert.doesNotMatch(text, unseen);
    assert.doesNotMatch(text, /^## Query 99/m);
    const { y, height } = (await window.lines.first().boundingBox())!;
    assert.ok(y >= 0 && height > 0);
  });

  await step("is text in a hover and in the explanation of a score", async () => {
    await window.clickLine(/^###\sAnswer\s0/);
    await window.command("Show or Focus Hover");
    await window.hover.first().waitFor();
    const links = await window.hover.first().locator("a[href], a[data-href], img").count();
    assert.equal(links, 0);
    assert.doesNotMatch(await window.hover.first().innerText(), unseen);
    await page.keyboard.press("Escape");
    await window.lens("Why this score").first().click();
    await window.tab(/answer \d+\.txt/).waitFor();
    assert.doesNotMatch(await window.text(), unseen);
  });

  // What each panel shows of it: samples, or the run alone.
  for (const [panel, command, shown] of [
    ["rounds", "Sparring: Open Rounds", "<img src="],
    ["rate", "Sparring: Rate Samples", /<img src=|\[press\]|‹U\+|# round 7|\$\(trash\)/],
    ["compare", "Sparring: Compare Checkpoints", "hostile"],
    ["lineage", "Sparring: Open Lineage", "hostile"],
  ] as const) {
    await step(`is text in the ${panel} panel`, async () => {
      await window.command(command);
      const content = window.panel.locator("#panel");
      await content.filter({ hasText: shown }).waitFor();
      assert.equal(await content.locator("img, script, a[href], b b").count(), 0);
      assert.doesNotMatch(await content.innerText(), unseen);
      await window.command("View: Close All Editors");
    });
  }

  assert.deepEqual(asked, [], "nothing is fetched for a model");
  assert.doesNotMatch(await page.title(), /owned/);
  assert.deepEqual(window.complaints, []);
});
