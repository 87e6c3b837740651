import { share, winRate } from "../../interval.ts";
import { type Duel, judgeDuels, type Outcome, tallyOf } from "../../judge/pairwise/duels.ts";
import type { ResultOf, ValidParamsOf } from "../../protocol.ts";
import { requireAnswers } from "../../tasks/registry.ts";
import { requireVerifiable, type VerifiableFamily } from "../../tasks/task.ts";
import { answerTasks, isRight, type TaskAnswer } from "../evaluate.ts";
import type { Weights } from "./bench.ts";
import type { Errand } from "./errand.ts";
import { differentHeldOut, differentTasks, nothingScored } from "./evaluation-errors.ts";
import { pairwiseJudge, pointwiseJudge, verifierJudge } from "./judges.ts";
import type { Lender } from "./lender.ts";

type Params = ValidParamsOf<"sparring/checkpoint/evaluate">;
type Result = ResultOf<"sparring/checkpoint/evaluate">;

/** Tasks of one turn on the device: training goes on between two of them. */
const tasksPerTurn = 32;

/** Duels of one turn: a model judges each in up to four long replies. */
const duelsPerTurn = 2;

/** Duels at once of a judge that no training waits for. */
const duelsAtOnce = 32;

/** Duels are fought with answers that are nearly greedy, as in the paper's evaluation. */
const duelTemperature = 0.01;

/** What some weights answered to the held-out tasks. */
interface Measured {
  readonly words: string;
  readonly task: VerifiableFamily;
  /** The likeliest answers. */
  readonly greedy: readonly TaskAnswer[];
  /** Those for duels; empty where there are none. */
  readonly drawn: readonly TaskAnswer[];
}

/** Whom an evaluation asks. */
export interface Examiners {
  readonly lender: Lender;
  /** The task family that a run plays. @throws SparringError `store/unknown-run` */
  readonly taskOf: (run: string) => Promise<string>;
}

/**
 * Measures weights on held-out tasks, and against other weights on the same tasks with the same noise: so equal weights tie.
 * @throws SparringError `task/not-verifiable`, `run/different-tasks`, `run/nothing-scored`, those of the Lender; AbortedError
 */
export async function evaluateWeights({ lender, taskOf }: Examiners, params: Params, errand: Errand): Promise<Result> {
  const { run, weights, against } = params;
  requireAnswers(await taskOf(run));
  if (against) await requireSameTask(run, against.run, taskOf);
  const ours = await measure(lender, run, weights, params, errand);
  const accuracy = accuracyOf(ours);
  const facts = { weights: ours.words, tasks: ours.greedy.length, accuracy };
  if (!against) return facts;

  const theirs = await measure(lender, against.run, against.weights, params, errand, { run, greedy: ours.greedy });
  const duels = ours.drawn.map((answer, i): Duel => ({ query: answer.query, ours: answer, theirs: theirs.drawn[i]! }));
  const outcomes = await judge(lender, ours.task, duels, params, errand);
  const { unscored, swapped, ...tally } = tallyOf(outcomes);
  if (unscored === outcomes.length) throw nothingScored(outcomes);
  return {
    ...facts,
    against: {
      weights: theirs.words,
      accuracy: accuracyOf(theirs),
      winRate: winRate(tally),
      ...tally,
      swapped,
      unscored,
    },
  };
}

async function requireSameTask(run: string, other: string, taskOf: Examiners["taskOf"]): Promise<void> {
  const [task, otherTask] = [await taskOf(run), await taskOf(other)];
  if (task !== otherTask) throw differentTasks(run, task, other, otherTask);
}

function accuracyOf({ task, greedy }: Measured): Result["accuracy"] {
  return share(greedy.filter((answer) => isRight(task, answer)).length, greedy.length);
}

/** Lets some weights answer, some tasks a turn. @param like who answered before: the tasks are the same then */
function measure(
  lender: Lender,
  run: string,
  weights: Weights,
  { limit, seed, against }: Params,
  { signal, onProgress }: Errand,
  like?: { readonly run: string; readonly greedy: readonly TaskAnswer[] },
): Promise<Measured> {
  return lender.lendFrozen(run, weights, signal, async ({ player, words, turn }) => {
    const task = requireVerifiable(player.game.task);
    const tasks = like?.greedy.map(({ query }) => query) ?? task.heldOut().slice(0, limit);
    if (like && !tasks.every((query) => task.isHeldOut(query))) throw differentHeldOut(like.run, run);
    const [greedy, drawn]: [TaskAnswer[], TaskAnswer[]] = [[], []];
    for (let first = 0; first < tasks.length; first += tasksPerTurn) {
      onProgress(`${run} (${words}) answers`, first, tasks.length);
      const some = tasks.slice(first, first + tasksPerTurn);
      const options = { seed, first, signal };
      greedy.push(...(await turn(() => answerTasks(player, some, { ...options, temperature: 0 }))));
      if (!against) continue;
      drawn.push(...(await turn(() => answerTasks(player, some, { ...options, temperature: duelTemperature }))));
    }
    return { words, task, greedy, drawn };
  });
}

/** Judges all duels: by the verifier, or by the reference of the run that is measured, or the server that judges its pairs. */
function judge(
  lender: Lender,
  task: VerifiableFamily,
  duels: readonly Duel[],
  { run, judge: kind, seed }: Params,
  { signal, onProgress }: Errand,
): Promise<Outcome[]> {
  if (kind === "verifier") {
    const verifier = verifierJudge(task);
    return judgeDuels([verifier, verifier], duels);
  }
  return lender.lend(run, "reference", signal, async ({ player, turn }) => {
    const outcomes: Outcome[] = [];
    const { who, isOnDevice, judge } = kind === "pairwise" ? pairwiseJudge(player) : pointwiseJudge(player);
    const count = isOnDevice ? duelsPerTurn : duelsAtOnce;
    for (let first = 0; first < duels.length; first += count) {
      onProgress(`${run} (${who}) judges`, first, duels.length);
      const some = duels.slice(first, first + count);
      const judged = (): Promise<Outcome[]> => judge(some, { signal, seed, at: first });
      outcomes.push(...(await (isOnDevice ? turn(judged) : judged())));
    }
    return outcomes;
  });
}
