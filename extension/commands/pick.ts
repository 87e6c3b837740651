import * as vscode from "vscode";
import type { RunPlace } from "../../daemon/editor.ts";
import type { ResultOf, RunOverview } from "../../daemon/protocol.ts";
import { bytes, fixed } from "../../daemon/text/numbers.ts";
import type { App } from "../app.ts";
import { label, shortened } from "../text/label.ts";

/** A record's text in a list is at most so long, characters. */
const shownText = 90;

interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/** Asks for one of some things; undefined where the person wants none of them. */
export async function pick<T>(placeHolder: string, choices: readonly Choice<T>[]): Promise<T | undefined> {
  const items = [...choices];
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true, matchOnDetail: true }))
    ?.value;
}

/**
 * The run of a call, or one that is asked for. A single candidate is taken without asking.
 * @param wanted which runs can be meant; without one, `none` is said
 */
export async function pickRun(
  app: App,
  { run }: Partial<RunPlace>,
  { title, wanted = () => true, none }: { title: string; wanted?: (run: RunOverview) => boolean; none: string },
): Promise<string | undefined> {
  if (run !== undefined) return run;
  const candidates = app.runs.all.filter(wanted);
  if (candidates.length === 1) return candidates[0]!.id;
  if (candidates.length > 1) return pick(title, candidates.map(runChoice));
  const start = "Start a Run";
  if ((await vscode.window.showInformationMessage(none, start)) === start) {
    await vscode.commands.executeCommand("sparring.start");
  }
  return undefined;
}

function runChoice({ id, name, state, round, rounds, createdAt }: RunOverview): Choice<string> {
  return {
    label: label(id),
    description: `${state}${round === null ? "" : ` · round ${round} of ${rounds}`}`,
    detail: label(name === id ? `made ${createdAt}` : `${shortened(name, shownText)} · made ${createdAt}`),
    value: id,
  };
}

/** A round of a run that a person names; the newest is offered. */
export async function pickRound(
  app: App,
  { run, round }: Partial<RunPlace> & { run: string },
): Promise<number | undefined> {
  if (round !== undefined) return round;
  const { overview } = await app.daemon.request("sparring/run/get", { run });
  const last = overview.round;
  if (last === null) {
    void vscode.window.showInformationMessage(`${run} has finished no round yet.`);
    return undefined;
  }
  const text = await vscode.window.showInputBox({
    prompt: `A round of ${run}, 0 to ${last}`,
    value: String(last),
    validateInput: (value) => (/^\d+$/.test(value) && Number(value) <= last ? undefined : `A number from 0 to ${last}`),
  });
  return text === undefined ? undefined : Number(text);
}

/** Whose weights: a checkpoint's, the newest, or (where it is allowed) those that the stage began with. */
export type Weights = "current" | "reference" | { readonly checkpoint: number };

/** Weights of a run. A call that names a round means its checkpoint. */
export async function pickWeights(
  app: App,
  { run, round }: Partial<RunPlace> & { run: string },
  placeHolder: string,
): Promise<Weights | undefined> {
  if (round !== undefined) return { checkpoint: round };
  const { checkpoints } = await app.daemon.request("sparring/checkpoint/list", { run });
  const choices: Choice<Weights>[] = [
    { label: "The newest weights", description: "of the last finished round", value: "current" },
    ...checkpointChoices(checkpoints).map((choice) => ({ ...choice, value: { checkpoint: choice.value } })),
    { label: "The reference", description: "the weights that the stage began with", value: "reference" },
  ];
  return pick(placeHolder, choices);
}

/** Checkpoints to choose from, the newest first; the value is the round. */
export function checkpointChoices(checkpoints: ResultOf<"sparring/checkpoint/list">["checkpoints"]): Choice<number>[] {
  return checkpoints
    .toReversed()
    .map((each) => ({ label: `Checkpoint of round ${each.round}`, description: bytes(each.bytes), value: each.round }));
}

export type Query = ResultOf<"sparring/round/get">["queries"][number];

/** All queries of a round. */
export async function queriesOf(app: App, run: string, round: number): Promise<Query[]> {
  const queries: Query[] = [];
  let from: number | null = 0;
  while (from !== null) {
    const page: ResultOf<"sparring/round/get"> = await app.daemon.request("sparring/round/get", { run, round, from });
    queries.push(...page.queries);
    from = page.next;
  }
  return queries;
}

/** A query of a round: the one of a call, or one that is asked for. */
export async function pickQuery(
  app: App,
  place: Partial<RunPlace> & { run: string; round: number },
): Promise<Query | undefined> {
  const queries = await queriesOf(app, place.run, place.round);
  if (place.query !== undefined) return queries.find(({ index }) => index === place.query);
  if (queries.length === 0)
    void vscode.window.showInformationMessage(`Round ${place.round} of ${place.run} has no queries.`);
  return pick(
    `A query of round ${place.round}`,
    queries.map((query) => ({
      label: `${query.index}: ${label(shortened(query.text, shownText))}`,
      description: query.admitted ? `V ${fixed(2)(query.V)}` : "not admitted",
      value: query,
    })),
  );
}

/** The index of an answer of a query: that of a call, or one that is asked for. */
export async function pickAnswer({ answers, index }: Query, answer: number | undefined): Promise<number | undefined> {
  if (answer !== undefined) return answer;
  return pick(
    `An answer to query ${index}`,
    answers.map(({ text, reward, selfReward }, i) => ({
      label: `${i}: ${label(shortened(text, shownText))}`,
      description: `R ${fixed(2)(reward)}, R_Q ${fixed(1)(selfReward)}`,
      value: i,
    })),
  );
}
