import type { ResultOf, ScoredAnswer } from "../../daemon/protocol.ts";
import { marginLines } from "../../daemon/text/margin.ts";
import { fixed, percent } from "../../daemon/text/numbers.ts";
import { visibleLine } from "../../daemon/text/visible.ts";
import { scoreLines } from "../../daemon/text/why-lines.ts";
import type { Scoring } from "../../daemon/text/why-score.ts";

/** Fresh answers to a stored query, each with what its scores come from. @param judges who scored */
export function replayText(
  { run, round, query: index }: { readonly run: string; readonly round: number; readonly query: number },
  { query, answers, weights, waitedSeconds }: ResultOf<"sparring/sample/replay">,
  judges: Scoring["judges"],
): string {
  return [
    `${run} · round ${round} · query ${index}, played again`,
    `Answered by ${visibleLine(weights)}; waited ${fixed(1)(waitedSeconds)} s for the device. Nothing in the run has changed.`,
    "",
    "Query",
    ...marginLines(query),
    ...answers.flatMap((answer, i) => [
      "",
      `Answer ${i} · ${facts(answer)}`,
      ...marginLines(answer.text),
      ...scoreLines(answer, answers, { judges }),
    ]),
    "",
  ].join("\n");
}

function facts({ logprob, stop }: ScoredAnswer): string {
  return `log-probability ${fixed(2)(logprob)} nat${stop === "length" ? " · cut at the token limit" : ""}`;
}

type Evaluation = ResultOf<"sparring/checkpoint/evaluate">;
type Share = Evaluation["accuracy"];

/** An evaluation in one sentence, for a message. */
export function evaluationSentence({ accuracy, against, tasks, weights }: Evaluation): string {
  const own = `${visibleLine(weights)}: ${percent(accuracy.value)} of ${tasks} held-out tasks right`;
  if (!against) return `${own}.`;
  return `${own}, ${visibleLine(against.weights)}: ${percent(against.accuracy.value)}; wins ${percent(against.winRate.value)} of pairs.`;
}

/** An evaluation with its intervals. */
export function evaluationText(run: string, evaluation: Evaluation): string {
  const { weights, tasks, accuracy, against } = evaluation;
  const rows = [`Evaluation of ${run}, ${tasks} held-out tasks, answered greedily`, "", row(weights, accuracy)];
  if (against) {
    const { winRate, wins, ties, losses, swapped, unscored } = against;
    rows.push(
      row(against.weights, against.accuracy),
      "",
      `Win rate of the first: ${interval(winRate)}, ties count half`,
    );
    rows.push(
      `${wins} wins, ${ties} ties (${swapped} because the judge's two orders disagree), ${losses} losses, ${unscored} unscored`,
    );
  }
  return [...rows, "", "Intervals: 95 %.", ""].join("\n");
}

function row(weights: string, accuracy: Share): string {
  return `${interval(accuracy)}  ${visibleLine(weights)}`;
}

function interval({ value, low, high }: Share): string {
  return `${percent(value)} [${percent(low)}, ${percent(high)}]`;
}

/** A memory estimate in words, for the details of a message. */
export function estimateText(
  { bytes, parts, free, advice, basis }: ResultOf<"sparring/engine/estimate">,
  size: (count: number) => string,
): string {
  const whole =
    bytes === null
      ? "The model is not on this machine yet, so its size is not known."
      : `${size(bytes)} at most${free === null ? "" : `, ${size(free)} are free`}.`;
  return [
    whole,
    ...(advice === undefined ? [] : [visibleLine(advice)]),
    ...parts.map((part) => `${visibleLine(part.what)}: ${size(part.bytes)}`),
    "",
    visibleLine(basis),
  ].join("\n");
}

type SetUp = ResultOf<"sparring/engine/setup">;

/** What a set-up of the torch engine came to, in a sentence and with the first trouble. */
export function setUpSentence({ ready, python, findings }: SetUp): string {
  const trouble =
    findings.find(({ state }) => state === "problem") ?? findings.find(({ state }) => state === "warning");
  const verdict = !ready
    ? "Runs can't use the torch engine yet."
    : python === null
      ? "This environment will do."
      : "Runs can use the torch engine: set engine.name to torch in a config.";
  return trouble ? `${verdict} ${visibleLine(trouble.text)}` : verdict;
}

/** Every finding of a set-up with what to do about it. */
export function setUpText({ python, findings }: SetUp): string {
  const marks = { good: "ok     ", warning: "warning", problem: "PROBLEM" } as const;
  const rows = findings.flatMap(({ what, state, text, next }) => [
    `${marks[state]}  ${visibleLine(what).padEnd(8)}  ${visibleLine(text)}`,
    ...(next === undefined ? [] : [`${" ".repeat(19)}${visibleLine(next)}`]),
  ]);
  const used = python === null ? "Runs have no Python yet." : `Runs use ${visibleLine(python)}`;
  return ["The torch engine", "", ...rows, "", used, ""].join("\n");
}
