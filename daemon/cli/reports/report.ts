import type { Config } from "../../config/schema.ts";
import type { Problem } from "../../protocol.ts";
import { isImitation } from "../../selfplay/registry.ts";
import { layout } from "../../store/layout.ts";
import { duration, percent, points } from "../../text/numbers.ts";
import type { Colours } from "../text/colours.ts";
import { padEnd, truncate, width, wrap } from "../text/fit.ts";
import { printable } from "../text/printable.ts";
import type { Style } from "../text/style.ts";
import { tilde } from "../watch/header.ts";
import { hasHeldOut } from "../watch/measures.ts";
import type { RunView, Sample } from "../watch/run-view.ts";
import type { RunSummary } from "../watch/summary.ts";

const labelWidth = 14;

/** What a run achieved: one sentence. */
function outcome({ before, after, rounds, seconds }: RunSummary, view: RunView, colours: Colours): string {
  const tasks = view.heldOutTasks;
  const on = tasks === undefined ? "" : ` on ${tasks} held-out tasks`;
  const cost = `${rounds} rounds, ${duration(seconds)}`;
  if (!hasHeldOut(view.config)) return `This game has no held-out tasks to measure accuracy on (${cost}).`;
  if (before === null || after === null) return `Held-out accuracy was not measured (${cost}).`;
  const change = colours.bold(`${points(after - before)} points`);
  return `Held-out accuracy ${percent(before)} → ${percent(after)}: ${change}${on} (${cost}).`;
}

/** Whether a run's rewards are a verifier's, and so right or wrong. */
export function isVerified({ judge }: Config): boolean {
  return judge.reward.kind === "verifier";
}

/**
 * How the judge took an answer, in words: colour alone would not tell everybody.
 * @param verified whether the reward is a verifier's: of a rubric 1 does not mean right, nor 0 wrong
 */
export function verdict({ reward, expected }: Pick<Sample, "reward" | "expected">, verified: boolean): string {
  if (reward === null) return "unscored";
  if (!verified || (reward !== 0 && reward !== 1)) return `reward ${reward.toFixed(2)}`;
  if (reward === 1) return "right";
  return expected === undefined ? "wrong" : `wrong, it is ${truncate(printable(expected), 20)}`;
}

/** The colour of a verdict: green is right, red wrong; what is neither, as a rubric's reward, is yellow. */
export function verdictInk(reward: number | null, verified: boolean, colours: Colours): (text: string) => string {
  if (!verified) return colours.yellow;
  return reward === 1 ? colours.green : reward === 0 ? colours.red : colours.yellow;
}

function sampleLine(sample: Sample, verified: boolean, columns: number, colours: Colours): string {
  const { round, query, answer, reward } = sample;
  const label = padEnd(`  round ${round}`, labelWidth);
  const word = verdict(sample, verified);
  const ink = verdictInk(reward, verified, colours);
  const room = columns - width(label) - width(word) - 5;
  const asked = truncate(printable(query), Math.ceil(room / 2));
  const answered = truncate(printable(answer), Math.floor(room / 2));
  return `${colours.dim(label)}${asked} ${colours.dim("→")} ${answered}  ${ink(word)}`;
}

/** A Challenger's query and the Solver's answer from early and from late in the session. */
function samplesOf({ early, late, config }: RunView, { columns, colours }: Style): string[] {
  if (!early || !late) return [];
  const whose = isImitation(config.algorithm.name) ? "the opponent's" : "its first";
  const samples = early.round === late.round ? [early] : [early, late];
  return [
    "",
    ...wrap(`The first query of a round and ${whose} answer, early and late`, columns),
    ...samples.map((sample) => sampleLine(sample, isVerified(config), columns, colours)),
  ];
}

/** Commands and files for what a reader may want next. They are never cut: they are there to be copied. */
function nextSteps(steps: readonly (readonly [string, string])[], { colours, columns }: Style): string[] {
  const labelled = steps.flatMap(([label, text]) => {
    const fits = labelWidth + width(text) <= columns;
    return fits ? [colours.dim(padEnd(label, labelWidth)) + text] : [colours.dim(label), `  ${text}`];
  });
  return ["", ...labelled];
}

/** The newest round that a fork can start from besides the last: a checkpoint's. A fork has none of its parent's. */
function checkpointBefore({ config, firstRound }: RunView, round: number): number | undefined {
  const { every } = config.checkpoints;
  const before = Math.floor((round - 1) / every) * every;
  return before > firstRound ? before : undefined;
}

/** The end of a finished run: what it achieved, samples, where it lies, and what to do next. */
export function finishedReport(summary: RunSummary, view: RunView, style: Style): string[] {
  const { colours, columns, invocation } = style;
  const { id, dir, rounds } = summary;
  const checkpoint = checkpointBefore(view, rounds);
  return [
    "",
    ...wrap(outcome(summary, view, colours), columns),
    ...samplesOf(view, style),
    ...nextSteps(
      [
        ["The run", tilde(dir)],
        ["Samples", tilde(layout.samples(dir, rounds))],
        ["Play on", `${invocation} fork ${id} game.rounds=${rounds * 2}`],
        ...(checkpoint === undefined
          ? []
          : [["Fork earlier", `${invocation} fork ${id}@${checkpoint} optimizer.lr=1e-4`] as const]),
      ],
      style,
    ),
  ];
}

/**
 * The end of a run that was stopped, or whose daemon ended: what is kept, and how to go on.
 * @param problem why the run had paused itself before, where it had
 */
export function stoppedReport(
  { id, dir, rounds, status }: RunSummary,
  problem: Problem | undefined,
  style: Style,
): string[] {
  const kept = rounds === 0 ? "No round was finished." : `Rounds up to ${rounds} are kept; the one under way is lost.`;
  const what = status === "stopped" ? "Stopped." : "Interrupted: its daemon ended.";
  return [
    "",
    ...wrap(`${what} ${kept}`, style.columns),
    ...(problem ? wrap(printable(problem.message), style.columns) : []),
    ...nextSteps(
      [
        ["The run", tilde(dir)],
        ["Go on", `${style.invocation} resume ${id}`],
      ],
      style,
    ),
  ];
}

/** The end of a run that failed: what is kept, and how to go on. Why it failed is shown after it. */
export function failedReport({ overview, facts, rounds, lastRound }: RunView, style: Style): string[] {
  const kept = rounds.length === 0 ? "before its first round." : `after round ${lastRound}; finished rounds are kept.`;
  return [
    "",
    ...wrap(`The run ${overview.state} ${kept}`, style.columns),
    ...nextSteps(
      [
        ["The run", tilde(facts.dir)],
        ["Its log", `${style.invocation} show ${overview.id} --log`],
        ["Go on", `${style.invocation} resume ${overview.id}`],
      ],
      style,
    ),
    "",
  ];
}

/** What a reader who leaves a run to itself can do. */
export function detachedReport(run: string, style: Style): string[] {
  const { invocation } = style;
  return [
    "",
    ...wrap("Detached: the run goes on without you.", style.columns),
    ...nextSteps(
      [
        ["Come back", `${invocation} watch ${run}`],
        ["Pause it", `${invocation} pause ${run}`],
        ["Stop it", `${invocation} stop ${run}`],
      ],
      style,
    ),
  ];
}
