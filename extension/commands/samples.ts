import * as vscode from "vscode";
import { type EditorCommands, type RunPlace, roundOf } from "../../daemon/editor.ts";
import { visible, visibleLine } from "../../daemon/text/visible.ts";
import type { App } from "../app.ts";
import { replayText } from "../documents/results-text.ts";
import { runScoring } from "../documents/run-scoring.ts";
import { whyText } from "../documents/why-text.ts";
import { askingJudges } from "./agree.ts";
import type { Called } from "./arguments.ts";
import { pickAnswer, pickQuery, pickRound, pickRun, pickWeights, type Query } from "./pick.ts";
import { withProgress } from "./with-progress.ts";

/** A query with its run and round. */
interface Picked {
  readonly run: string;
  readonly round: number;
  readonly query: Query;
}

async function pickSample(app: App, called: Partial<RunPlace>, title: string): Promise<Picked | undefined> {
  // Called from the palette over a round's document, it is about that round.
  const place = called.run === undefined ? { ...readRound(), ...called } : called;
  const run = await pickRun(app, place, {
    title,
    wanted: ({ round }) => round !== null && round > 0,
    none: "No run has played a round yet.",
  });
  if (run === undefined) return undefined;
  const round = await pickRound(app, { ...place, run });
  if (round === undefined) return undefined;
  const query = await pickQuery(app, { ...place, run, round });
  return query && { run, round, query };
}

function readRound(): Partial<RunPlace> {
  return roundOf(vscode.window.activeTextEditor?.document.uri.toString() ?? "") ?? {};
}

/** Plays a stored query again, with weights that are asked for, and shows the fresh answers. */
export async function playAgain(app: App, place: EditorCommands["sparring.playAgain"]): Promise<void> {
  const picked = await pickSample(app, place, "Play a query again of which run?");
  if (!picked) return;
  const { run, round } = picked;
  const weights = await pickWeights(app, { run }, "Answered by whose weights?");
  if (weights === undefined) return;
  const params = { run, round, query: picked.query.index, weights };
  const result = await withProgress(app, `Playing query ${params.query} of round ${round} again`, (_task, signal) =>
    askingJudges(app, [run], () => app.daemon.request("sparring/sample/replay", params, { signal })),
  );
  const { record } = await app.daemon.request("sparring/run/get", { run });
  const text = replayText(params, result, record?.judges);
  await app.texts.show(`round ${round}, query ${params.query}, played again.txt`, text);
}

/** Shows how an answer came to its score. */
export async function why(app: App, place: EditorCommands["sparring.why"]): Promise<void> {
  const picked = await pickSample(app, place, "Why which score?");
  if (!picked) return;
  const answer = await pickAnswer(picked.query, place.answer);
  if (answer === undefined || !picked.query.answers[answer]) return;
  const name = `round ${picked.round}, query ${picked.query.index}, answer ${answer}.txt`;
  const facts = await app.daemon.request("sparring/run/get", { run: picked.run });
  await app.texts.show(name, whyText(picked, picked.query, answer, runScoring(facts)));
}

/** The difference of two texts; of two answers that are asked for, where none are given. */
export async function diffTexts(app: App, { title, left, right }: Called<"sparring.diffTexts">): Promise<void> {
  if (left !== undefined && right !== undefined) {
    return app.texts.showDifference(visibleLine(title || "Two texts"), visible(left), visible(right));
  }
  const picked = await pickSample(app, {}, "Answers of which run?");
  if (!picked) return;
  const first = await pickAnswer(picked.query, undefined);
  const second = first === undefined ? undefined : await pickAnswer(picked.query, undefined);
  if (first === undefined || second === undefined) return;
  const { query, run, round } = picked;
  const [a, b] = [query.answers[first]!, query.answers[second]!];
  const name = `${run}, round ${round}, query ${query.index}: answers ${first} and ${second}`;
  await app.texts.showDifference(name, visible(a.text), visible(b.text));
}
