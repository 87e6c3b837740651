import type { DaemonClient } from "../../client/client.ts";
import type { AnswerRecord, JudgeRecord, QueryRecord, RunRecord } from "../../store/records.ts";
import { fixed } from "../../text/numbers.ts";
import type { Colours } from "../text/colours.ts";
import { padEnd, width, wrap } from "../text/fit.ts";
import { printable } from "../text/printable.ts";
import type { Style } from "../text/style.ts";
import { isPaired, pairFacts, pairsHead, partScores } from "./pair-samples.ts";
import { verdict, verdictInk } from "./report.ts";

/** All queries of a round, with their answers. */
export async function allQueries(client: DaemonClient, run: string, round: number): Promise<QueryRecord[]> {
  const queries: QueryRecord[] = [];
  let from: number | null = 0;
  while (from !== null) {
    const page: { queries: QueryRecord[]; next: number | null } = await client.request("sparring/round/get", {
      run,
      round,
      from,
    });
    queries.push(...page.queries);
    from = page.next;
  }
  return queries;
}

const indent = "     ";

/** An answer of at most so many columns, with its indent, stands on the line of its scores. */
const shortColumns = 25;

/** Columns of an answer's scores. */
const scoresColumns = 24;

/** A number with its sign. */
function signed(value: number): string {
  const text = fixed(2)(value);
  return value > 0 ? `+${text}` : text;
}

/**
 * Text of a model as lines of at most `columns`, safe to print: its own line breaks are kept, since every line is indented
 * and so can't be mistaken for this program's.
 */
export function modelText(text: string, columns: number, indent: string): string[] {
  return text.split("\n").flatMap((line) => wrap(printable(line), columns, indent));
}

/**
 * A round's queries, each with its answers and their scores.
 * @param verified whether R is a verifier's, and so right or wrong
 * @param judges   who scored; absent in an imitation and in runs of earlier versions
 */
export function sampleLines(
  round: number,
  queries: readonly QueryRecord[],
  verified: boolean,
  style: Style,
  judges?: RunRecord["judges"],
): string[] {
  if (queries.length === 0) return [`Round ${round} has no samples: nothing was played in it.`];
  if (isPaired(queries)) {
    return [
      ...wrap(pairsHead(round, queries), style.columns),
      ...queries.flatMap((query) => queryLines(query, pairFacts(query), verified, style)),
    ];
  }
  const admitted = queries.filter((query) => query.admitted).length;
  const letters = `R reward${givenBy(judges?.reward)}, S self-reward${givenBy(judges?.selfReward)}, A advantage; cut: at the token limit.`;
  const head = `Round ${round}: ${queries.length} queries, ${admitted} admitted. ${letters}`;
  const isShare = judges === undefined || (judges.reward.low === 0 && judges.reward.high === 1);
  return [
    ...wrap(head, style.columns),
    ...queries.flatMap((query) => queryLines(query, gameFacts(query, isShare), verified, style)),
  ];
}

/** Whose a score is, where that is known. */
function givenBy(judge: JudgeRecord | undefined): string {
  return judge ? ` by ${printable(judge.name)}` : "";
}

function queryLines(query: QueryRecord, facts: string, verified: boolean, { colours, columns }: Style): string[] {
  const { index, text, answers } = query;
  const label = padEnd(`#${index}`, indent.length);
  const [first = "", ...rest] = modelText(text, columns, indent);
  return [
    "",
    colours.dim(label) + colours.bold(first.slice(label.length)),
    ...rest.map((line) => colours.bold(line)),
    ...wrap(facts, columns, indent).map((line) => colours.dim(line)),
    ...answers.flatMap((answer) => answerLines(answer, verified, columns, colours)),
  ];
}

/** @param isShare whether rewards are from 0 to 1: only then 1 − V is a difficulty */
function gameFacts({ admitted, reason, V, advantage, expected }: QueryRecord, isShare: boolean): string {
  return [
    V === null ? "unscored" : isShare ? `difficulty ${fixed(2)(1 - V)}` : `V ${fixed(2)(V)}`,
    `A ${signed(advantage)}`,
    ...(expected === undefined ? [] : [`expected ${printable(expected)}`]),
    ...(admitted ? [] : [`not admitted: ${printable(reason ?? "no reason given")}`]),
  ].join(", ");
}

function answerLines(answer: AnswerRecord, verified: boolean, columns: number, colours: Colours): string[] {
  const { text, stop } = answer;
  const told = answer.role === undefined ? gameScores(answer, verified, colours) : partScores(answer);
  const facts = `${told}${stop === "length" ? colours.dim(", cut") : ""}`;
  const lines = modelText(text, columns, indent);
  const isShort = lines.length === 1 && width(lines[0]!) <= shortColumns;
  return isShort ? [`${padEnd(lines[0]!, shortColumns)}  ${facts}`] : [...lines, `${indent}${facts}`];
}

function gameScores(answer: AnswerRecord, verified: boolean, colours: Colours): string {
  const { reward, selfReward, advantage, unscored } = answer;
  const scores = [
    reward === null ? "R –" : `R ${fixed(2)(reward)}`,
    ...(selfReward === null ? [] : [`S ${fixed(1)(selfReward)}`]),
    `A ${signed(advantage)}`,
  ].join("  ");
  const ink = verdictInk(reward, verified, colours);
  const word = reward === null ? printable(unscored ?? "unscored") : verdict({ reward, expected: undefined }, verified);
  return `${padEnd(scores, scoresColumns)}${ink(word)}`;
}
