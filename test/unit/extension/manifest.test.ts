import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { roundUri } from "../../../daemon/editor.ts";
import { commandFaces } from "../../../extension/commands/table.ts";
import { levels } from "../../../extension/documents/token-levels.ts";
import { panelNames } from "../../../extension/panels/verbs.ts";

interface Menu {
  readonly command: string;
  readonly when?: string;
}

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const { contributes } = manifest;
const menus = Object.values<Menu[]>(contributes.menus).flat();

describe("the manifest", () => {
  test("declares the table's commands, and no others", () => {
    const declared = contributes.commands.map(({ command, title, icon }: Menu & { title: string; icon?: string }) => [
      command,
      { title, ...(icon && { icon }) },
    ]);
    assert.deepEqual(Object.fromEntries(declared), commandFaces);
    assert.ok(contributes.commands.every(({ category }: { category: string }) => category === "Sparring"));
  });

  test("has no command that is dead: none is disabled or hidden, and menus and welcome texts name what there is", () => {
    assert.ok(contributes.commands.every((command: object) => !("enablement" in command)));
    assert.equal(contributes.menus.commandPalette, undefined);
    const links = contributes.viewsWelcome.flatMap(({ contents }: { contents: string }) =>
      [...contents.matchAll(/\(command:([\w.]+)\)/g)].map((match) => match[1]),
    );
    for (const command of [...menus.map((menu) => menu.command), ...links]) assert.ok(command in commandFaces, command);
  });

  test("wakes for every panel of a window that opens again, and has the files that it names", () => {
    for (const panel of panelNames) assert.ok(manifest.activationEvents.includes(`onWebviewPanel:sparring.${panel}`));
    const files = [
      manifest.icon,
      contributes.viewsContainers.activitybar[0].icon,
      contributes.grammars[0].path,
      contributes.languages[0].configuration,
    ];
    for (const file of files) assert.ok(existsSync(file), file);
  });

  test("gives the documents of rounds, and no file of a person, their language", () => {
    const [pattern] = contributes.languages[0].filenamePatterns as string[];
    // A glob with a slash is matched against the path.
    const glob = new RegExp(`^${pattern!.replace(/\*/g, "[^/]*").replace(/\./g, "\\.")}$`);
    assert.match(roundUri("lsp-main", 12).slice("sparring:".length), glob);
    assert.match(roundUri("a", 12_345_678).slice("sparring:".length), glob);
    assert.doesNotMatch("/home/me/notes/round-000012.md", glob);
  });

  test("has a colour for every level of a token", () => {
    const ids = contributes.colors.map(({ id }: { id: string }) => id);
    assert.deepEqual(new Set(ids), new Set([...levels.logprob, ...levels.advantage]));
  });

  test("refuses untrusted and virtual workspaces, and runs where the files are", () => {
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, false);
    assert.equal(manifest.capabilities.virtualWorkspaces.supported, false);
    assert.deepEqual(manifest.extensionKind, ["workspace"]);
  });
});
