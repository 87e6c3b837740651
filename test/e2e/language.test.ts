/** An editor's language features over a daemon's real socket: LSP's own types on the client's side. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  createProtocolConnection,
  type Diagnostic,
  type InitializeResult,
  type InlayHint,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  ResponseError,
} from "vscode-languageserver";
import { roundUri } from "../../daemon/editor.ts";
import { protocolVersion } from "../../daemon/protocol.ts";
import { Store } from "../../daemon/store/store.ts";
import { openSocket } from "../../daemon/wire/socket.ts";
import { SocketReader, SocketWriter } from "../../daemon/wire/transport.ts";
import { answerOf, queryOf, recordOf } from "../unit/documents/records.ts";
import { nanoConfig, startDaemon, type TestDaemon, temporaryHome } from "./daemons.ts";

interface Editor {
  readonly connection: ProtocolConnection;
  readonly initialized: InitializeResult;
}

/** Says hello and initialises, as the extension does. */
async function editorOf(t: TestContext, { discovery }: TestDaemon, protocol = protocolVersion): Promise<Editor> {
  const socket = await openSocket(discovery);
  t.after(() => socket.terminate());
  const connection = createProtocolConnection(new SocketReader(socket), new SocketWriter(socket));
  connection.listen();
  await connection.sendRequest("sparring/hello", { protocol, client: { name: "test", version: "1" } });
  const initialized: InitializeResult = await connection.sendRequest("initialize", {
    processId: null,
    rootUri: null,
    capabilities: { workspace: { inlayHint: { refreshSupport: true }, codeLens: { refreshSupport: true } } },
  });
  return { connection, initialized };
}

/** The next notification of that name that matches. */
function next<T>(
  connection: ProtocolConnection,
  method: string,
  matches: (params: T) => boolean = () => true,
): Promise<T> {
  return new Promise((resolve) => {
    connection.onNotification(method, (params: T) => {
      if (matches(params)) resolve(params);
    });
  });
}

/** A home with a finished run of one played round, written by the store itself. */
async function homeWithRun(t: TestContext): Promise<string> {
  const home = temporaryHome(t);
  const store = new Store(home);
  const createdAt = "2026-11-21T09:00:00.000Z";
  const writer = await store.create({
    format: 1,
    id: "game-1",
    name: "game",
    createdAt,
    config: nanoConfig(1),
    lineage: { root: "game-1", seed: 1, changes: {} },
    versions: {},
    fingerprint: {},
  });
  await writer.recover();
  await writer.commitRound({ record: recordOf(0), queries: [] });
  const answers = [answerOf("83"), answerOf("\u202e38", { reward: 0, stop: "length" })];
  await writer.commitRound({ record: recordOf(1), queries: [queryOf(0, "57+26=", { V: 0.5, answers })] });
  await writer.close();
  await store.writeStatus("game-1", { format: 1, state: "finished", since: createdAt });
  return home;
}

test("a config is checked while it is written", async (t) => {
  const daemon = await startDaemon(t);
  const { connection, initialized } = await editorOf(t, daemon);
  assert.ok(initialized.capabilities.completionProvider);
  const uri = "file:///nowhere/x.sparring.yaml";
  const problems = (version: number): Promise<PublishDiagnosticsParams> =>
    next(connection, "textDocument/publishDiagnostics", (told) => told.version === version);

  const first = problems(1);
  const text = "model: { path: builtin:nano }\ngame: { task: addition }\nalgorithm: { name: lsp }\nkl:\n  bta: 1\n";
  await connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "yaml", version: 1, text },
  });
  const [problem] = (await first).diagnostics;
  assert.deepEqual(
    [problem!.code, problem!.range],
    ["config/unknown-key", { start: { line: 4, character: 2 }, end: { line: 4, character: 5 } }],
  );

  const actions: { title: string }[] = await connection.sendRequest("textDocument/codeAction", {
    textDocument: { uri },
    range: problem!.range,
    context: { diagnostics: [problem] },
  });
  assert.deepEqual(
    actions.map(({ title }) => title),
    ["Rename to beta", "Remove kl.bta"],
  );

  // Two changes without a pause are checked once.
  const mended = problems(3);
  const change = (version: number, newText: string, character: number): Promise<void> =>
    connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version },
      contentChanges: [{ range: { start: { line: 4, character: 3 }, end: { line: 4, character } }, text: newText }],
    });
  await change(2, "xx", 3);
  await change(3, "e", 5);
  assert.deepEqual((await mended).diagnostics, []);

  const completion: { label: string }[] = await connection.sendRequest("textDocument/completion", {
    textDocument: { uri },
    position: { line: 5, character: 0 },
  });
  assert.ok(completion.some(({ label }) => label === "optimizer") && !completion.some(({ label }) => label === "kl"));

  const lenses: { command: { command: string } }[] = await connection.sendRequest("textDocument/codeLens", {
    textDocument: { uri },
  });
  assert.deepEqual(
    lenses.map(({ command }) => command.command),
    ["sparring.start", "sparring.estimate"],
  );

  const cleared = problems(3);
  await connection.sendNotification("textDocument/didClose", { textDocument: { uri } });
  assert.deepEqual((await cleared).diagnostics, []);
});

test("a round is read by its URI, and a rating shows up beside its answer", async (t) => {
  const home = await homeWithRun(t);
  const daemon = await startDaemon(t, home);
  const { connection } = await editorOf(t, daemon);
  const textDocument = { uri: roundUri("game-1", 1) };
  const document: { text: string } = await connection.sendRequest("sparring/round/document", {
    run: "game-1",
    round: 1,
  });
  const lines = document.text.split("\n");
  const everywhere = { start: { line: 0, character: 0 }, end: { line: lines.length, character: 0 } };
  const hints = (): Promise<InlayHint[]> =>
    connection.sendRequest("textDocument/inlayHint", { textDocument, range: everywhere });
  const shown = async (): Promise<string[]> =>
    (await hints()).map(({ position, label }) => `${lines[position.line]!.slice(0, position.character)} ${label}`);

  assert.deepEqual(await shown(), ["    │ 57+26= V 0.5", "    │ 83 R 1 · A +0.5", "    │ ‹U+202E›38 R 0 · A +0.5"]);

  const refreshed = new Promise<void>((resolve) => {
    connection.onRequest("workspace/inlayHint/refresh", () => {
      resolve();
      return null;
    });
  });
  const rating = { id: "1", rater: "a", round: 1, query: 0, answer: 0, score: 6, blind: true };
  await connection.sendRequest("sparring/sample/rate", { run: "game-1", rating });
  await refreshed;
  assert.equal((await shown())[1], "    │ 83 R 1 · A +0.5 · rated 6");

  const report: { items: Diagnostic[] } = await connection.sendRequest("textDocument/diagnostic", { textDocument });
  assert.deepEqual(
    report.items.map(({ code }) => code),
    ["language/truncated"],
  );
  for (const method of ["codeLens", "documentSymbol", "foldingRange"]) {
    const found: unknown[] = await connection.sendRequest(`textDocument/${method}`, { textDocument });
    assert.ok(found.length > 0, method);
  }
  const hover: { contents: { value: string } } = await connection.sendRequest("textDocument/hover", {
    textDocument,
    position: { line: lines.indexOf("    │ 83"), character: 7 },
  });
  assert.match(hover.contents.value, /^\*\*Answer 0\*\*/);
});

test("what is not there, or not as LSP says, is a clear error", async (t) => {
  const { connection } = await editorOf(t, await startDaemon(t));
  const fails = (method: string, params: object, code: string): Promise<void> =>
    assert.rejects(connection.sendRequest(method, params), (error: unknown) => {
      assert.ok(error instanceof ResponseError);
      assert.equal(error.data.code, code);
      return true;
    });
  await fails("textDocument/codeLens", { textDocument: { uri: roundUri("nobody", 3) } }, "store/unknown-run");
  await fails("textDocument/hover", { textDocument: { uri: "sparring:/x/round-000001.md" } }, "protocol/bad-params");
  const other: unknown = await connection.sendRequest("textDocument/codeLens", {
    textDocument: { uri: "sparring:/../../round-000001.md" },
  });
  assert.deepEqual(other, []);
});

test("an editor of another version gets no language features, and is told why", async (t) => {
  const { connection, initialized } = await editorOf(t, await startDaemon(t), protocolVersion + 1);
  // The library adds that nothing is synced.
  assert.deepEqual(initialized.capabilities, { textDocumentSync: 0 });
  const told = next<{ message: string }>(connection, "window/showMessage");
  await connection.sendNotification("initialized", {});
  assert.match((await told).message, /another version of the protocol/);
  const asked = connection.sendRequest("textDocument/codeLens", { textDocument: { uri: roundUri("x", 1) } });
  await assert.rejects(asked, /no language features here/);
});
