import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import * as vscode from "vscode";
import { SparringError } from "../../daemon/errors.ts";
import type { ParamsOf, Problem, RunOverview } from "../../daemon/protocol.ts";
import { newRunId } from "../../daemon/text/run-id.ts";
import type { App } from "../app.ts";
import { withAgreement } from "../runs/agreeing.ts";
import { tellHeldUp } from "../runs/notifier.ts";
import { firstSentence } from "../text/first-sentence.ts";
import { label } from "../text/label.ts";
import { confirmSending } from "./agree.ts";
import { configText, showProblems, workspaceFolder } from "./config-text.ts";
import { pick } from "./pick.ts";

/** Starts the config of a document; without one, of an example that is asked for. */
export async function startRun(app: App, { uri }: { readonly uri?: string }): Promise<void> {
  const config = await configText(uri);
  if (!config) return startPicked(app);
  const { text, file, document } = config;
  const { config: complete, problems } = await app.daemon.request("sparring/config/check", { text, file });
  if (!complete) return refuse(document, problems);
  await queue(app, complete, file);
}

/** Starts the example that comes with Sparring, as it is. */
export async function startExample(app: App): Promise<void> {
  await startFile(app, join(app.context.extensionPath, "examples", "addition.sparring.yaml"));
}

async function startFile(app: App, file: string): Promise<void> {
  const text = await readFile(file, "utf8");
  const { config, problems } = await app.daemon.request("sparring/config/check", { text, file });
  if (!config) throw problemError(problems[0]!);
  await queue(app, config, file);
}

/** No config is open: a file of the workspace, or an example to start or to read first. */
async function startPicked(app: App): Promise<void> {
  const folder = join(app.context.extensionPath, "examples");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sparring.yaml")).toSorted();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  const examples = names.map((name, i) => ({ name, about: label(firstSentence(texts[i]!)) }));
  const own = await vscode.workspace.findFiles("**/*.sparring.yaml", "**/node_modules/**", 50);
  const chosen = await pick<{ readonly file: string; readonly isExample: boolean }>("Which config?", [
    ...own.map(({ fsPath }) => ({
      label: label(vscode.workspace.asRelativePath(fsPath)),
      description: "start it",
      value: { file: fsPath, isExample: false },
    })),
    ...examples.map(({ name, about }) => ({
      label: name,
      description: "example, opens as a document of your own",
      detail: about,
      value: { file: join(folder, name), isExample: true },
    })),
  ]);
  if (!chosen) return;
  if (chosen.isExample) await openCopy(basename(chosen.file), await readFile(chosen.file, "utf8"));
  else await startRun(app, { uri: vscode.Uri.file(chosen.file).toString() });
}

/** Opens a text as a document that is not saved yet, under a name that no file has. @returns its editor */
export async function openCopy(name: string, text: string): Promise<vscode.TextEditor> {
  const uri = await freeName(join(workspaceFolder() ?? homedir(), name));
  const document = await vscode.workspace.openTextDocument(uri);
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  await editor.edit((edit) => edit.replace(new vscode.Range(0, 0, document.lineCount, 0), text));
  editor.selection = new vscode.Selection(0, 0, 0, 0);
  return editor;
}

async function freeName(path: string): Promise<vscode.Uri> {
  for (let count = 1; ; count++) {
    const free = count === 1 ? path : path.replace(/\.sparring\.yaml$/, `-${count}.sparring.yaml`);
    const isOpen = vscode.workspace.textDocuments.some(({ uri }) => uri.path === free);
    const isThere = await Promise.resolve(vscode.workspace.fs.stat(vscode.Uri.file(free))).then(
      () => true,
      () => false,
    );
    if (!isOpen && !isThere) return vscode.Uri.from({ scheme: "untitled", path: free });
  }
}

/** Queues a run, asks for trust where its config needs it, and offers its rounds. */
async function queue(app: App, config: Record<string, unknown>, file: string): Promise<void> {
  const workspace = workspaceFolder();
  const run = newId(typeof config.name === "string" ? config.name : "run");
  const params: ParamsOf<"sparring/run/start"> = { run, config, file, ...(workspace !== undefined && { workspace }) };
  const queued = await withTrust(app, dirname(file), () =>
    withAgreement({ id: run, model: modelOf(config) }, confirmSending, (agreement) =>
      app.daemon.request("sparring/run/start", { ...params, ...agreement }),
    ),
  );
  if (queued) await offerRounds(app, queued);
}

/** The model of a complete config. */
function modelOf({ model }: Record<string, unknown>): string | undefined {
  const isNamed = typeof model === "object" && model !== null && "path" in model && typeof model.path === "string";
  return isNamed ? (model as { path: string }).path : undefined;
}

/** A new run's id. */
export function newId(name: string): string {
  return newRunId(name, new Date(), randomBytes(2).toString("hex"));
}

/** Does something that a folder may have to be trusted for: asks, and does it again. Undefined where it is not trusted. */
export async function withTrust<T>(app: App, folder: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SparringError && error.code === "run/not-trusted")) throw error;
    const trust = "Trust This Folder";
    const detail = `${error.message} Trust ${folder} only if you know where its configs come from.`;
    if (
      (await vscode.window.showWarningMessage("This config needs your trust.", { modal: true, detail }, trust)) !==
      trust
    )
      return;
    await app.daemon.request("sparring/trust/grant", { folder });
    return work();
  }
}

/** Shows the rounds of a run that was just queued. */
export async function offerRounds(app: App, queued: RunOverview): Promise<void> {
  const { id, state, queuePlace } = queued;
  await app.panels.show("rounds", { run: id });
  tellHeldUp(app, queued);
  if (state === "queued" && queuePlace !== undefined && queuePlace > 1) {
    vscode.window.setStatusBarMessage(`${id} waits for the device, at place ${queuePlace}.`, 8_000);
  }
}

/** Says that a config can't be started, on its line. */
export async function refuse(document: vscode.TextDocument, problems: readonly Problem[]): Promise<void> {
  await showProblems(document, problems);
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  throw problemError({ ...problems[0]!, message: `${problems[0]!.message}${more}` });
}

function problemError({ code, message, next }: Problem): SparringError {
  return new SparringError(code, message, next);
}
