import { basename, dirname } from "node:path";
import * as vscode from "vscode";
import type { RunPlace } from "../../daemon/editor.ts";
import { SparringError } from "../../daemon/errors.ts";
import type { ParamsOf } from "../../daemon/protocol.ts";
import type { App } from "../app.ts";
import { changesText, forkPointOf, forkText } from "../documents/fork-text.ts";
import { withAgreement } from "../runs/agreeing.ts";
import { confirmSending } from "./agree.ts";
import { configText, workspaceFolder } from "./config-text.ts";
import { checkpointChoices, pick, pickRun } from "./pick.ts";
import { newId, offerRounds, openCopy, refuse, withTrust } from "./start.ts";

/** Opens a config document to fork from a checkpoint with; nothing is queued before `confirmFork`. */
export async function openFork(app: App, place: Partial<RunPlace>): Promise<void> {
  const run = await pickRun(app, place, {
    title: "Fork from which run?",
    wanted: ({ round }) => round !== null,
    none: "No run has finished a round yet, so there is none to fork from.",
  });
  if (run === undefined) return;
  const round = place.round ?? (await pickForkRound(app, run));
  if (round === undefined) return;
  const { text } = await app.daemon.request("sparring/run/config", { run });
  await openCopy(`fork-of-${run}.sparring.yaml`, forkText({ run, round }, text));
}

/** A round with a checkpoint, or the last one. */
async function pickForkRound(app: App, run: string): Promise<number | undefined> {
  const { overview, checkpoints } = await app.daemon.request("sparring/run/get", { run });
  if (overview.round === null) throw nothingToFork(run);
  const last = { label: `Round ${overview.round}`, description: "the last one", value: overview.round };
  const choices = checkpointChoices(checkpoints).filter(({ value }) => value !== overview.round);
  return pick(`Fork ${run} from which round?`, [last, ...choices]);
}

/** In a fork's document: shows what it changes, asks, and queues the fork. */
export async function confirmFork(app: App, { uri }: { readonly uri?: string }): Promise<void> {
  const config = await configText(uri);
  const point = config && forkPointOf(config.text);
  if (!config || !point) throw notAFork();
  const { text, file, document } = config;
  const { run, round } = point;
  const { changes, settings, problems } = await app.daemon.request("sparring/run/changes", { run, text, file });
  if (problems.length > 0) return refuse(document, problems);
  const confirm = "Fork";
  const chosen = await vscode.window.showInformationMessage(
    `Fork ${run} at round ${round}?`,
    { modal: true, detail: changesText(changes) },
    confirm,
  );
  if (chosen !== confirm) return;
  const workspace = workspaceFolder();
  const name = app.runs.get(run)?.name ?? run;
  // What lies on the disk may be somebody else's; a document that was never saved is what this person has typed.
  const isOnDisk = document.uri.scheme === "file";
  const params: ParamsOf<"sparring/run/fork"> = {
    run: newId(name),
    parent: run,
    round,
    settings,
    ...(isOnDisk && { file }),
    ...(workspace !== undefined && { workspace }),
  };
  const fork = await withTrust(app, dirname(file), () =>
    withAgreement({ id: params.run, model: app.runs.get(run)?.model }, confirmSending, (agreement) =>
      app.daemon.request("sparring/run/fork", { ...params, ...agreement }),
    ),
  );
  if (fork) await offerRounds(app, fork);
}

function nothingToFork(run: string): SparringError {
  return new SparringError(
    "extension/nothing-to-fork",
    `${run} has finished no round yet.`,
    "Wait for its first round, then fork.",
  );
}

function notAFork(): SparringError {
  const shown = vscode.window.activeTextEditor?.document.uri.path;
  return new SparringError(
    "extension/not-a-fork",
    `${shown === undefined ? "No document is open" : `${basename(shown)} does not begin with “# Fork of <run> at round <n>”`}, so it is not known what to fork from.`,
    "Run “Sparring: Fork from Checkpoint…”, which opens such a document.",
  );
}
