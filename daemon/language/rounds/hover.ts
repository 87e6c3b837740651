import type { Hover, Position } from "vscode-languageserver";
import { isImitation, marginOf, skipReason } from "../../documents/pairs.ts";
import type { AnswerPlace, QueryPlace, RoundDocument } from "../../documents/round-document.ts";
import { meanSelfReward } from "../../documents/round-head.ts";
import { contains } from "../../documents/text-place.ts";
import { sequenceKl, tokenKl } from "../../selfplay/kl.ts";
import type { AnswerRecord, QueryRecord } from "../../store/records.ts";
import { advantageOrigin, type Scoring, scoreOrigins, scoringOf } from "../../text/why-score.ts";
import { markdownTable, plainMarkdown } from "../markdown.ts";
import { figure, signed } from "./figures.ts";
import type { HumanScore, HumanScores } from "./human-scores.ts";
import { criteriaTable, partsTable, scoreText, words } from "./score-tables.ts";

const stops = { stop: "the model ended it", length: "cut at the token limit" } as const;

/** How the answer, or the query, at a position came to its score, as Markdown; undefined outside of them. */
export function roundHover(
  { places, config, judges }: RoundDocument,
  human: HumanScores,
  { line }: Position,
): Hover | undefined {
  const query = places.find((place) => contains(place, line));
  if (!query) return undefined;
  const answer = query.answers.find((place) => contains(place, line));
  const scoring = scoringOf(config, judges);
  const value = answer
    ? aboutAnswer(query, answer, scoring, human(query.record.index, answer.index))
    : aboutQuery(query);
  return { contents: { kind: "markdown", value } };
}

function aboutQuery({ record }: QueryPlace): string {
  if (isImitation([record])) return aboutExample(record);
  const { index, V, advantage, reason, expected, answers, tokens } = record;
  const rows = [
    ["V, mean reward of its answers", figure(V, 3)],
    ["R_Q, mean self-reward (0–7)", figure(meanSelfReward(record))],
    ...(tokens.length > 0 ? [["advantage of the Challenger", signed(advantage, 3)], ...sequenceRows(record)] : []),
    ...(expected === undefined ? [] : [["expected answer", plainMarkdown(expected)]]),
  ];
  return [
    `**Query ${index}** · ${answers.length} answers`,
    markdownTable(["", ""], rows),
    ...(reason === undefined ? [] : [plainMarkdown(reason)]),
  ].join("\n\n");
}

/** An example of an imitation: where it is in the data, and how far its answers are in order. */
function aboutExample(record: QueryRecord): string {
  const { index, answers, expected, line } = record;
  const margin = marginOf(record);
  const [first, second] = answers;
  const rows = [
    ...(line === undefined ? [] : [["line of the data", String(line)]]),
    ...(margin === null ? [] : [[`margin, r(${first.role}) − r(${second.role})`, signed(margin, 4)]]),
    ...(expected === undefined ? [] : [["expected answer", plainMarkdown(expected)]]),
  ];
  const skip = skipReason(record);
  return [
    `**Query ${index}** · ${answers.map(({ role }) => role).join(", ")}`,
    ...(rows.length > 0 ? [markdownTable(["", ""], rows)] : []),
    ...(skip === undefined ? [] : [`Skipped: ${skip}.`]),
  ].join("\n\n");
}

/** An answer of an imitation: what the loss measured of it, and what it makes of it. */
function aboutPart(query: QueryPlace, { index, record }: AnswerPlace, human: HumanScore | undefined): string {
  const { role, opponent, D, implicit, advantage, reward } = record;
  const author = opponent === undefined ? "" : ` by the opponent of iteration ${opponent}`;
  const rows = [
    ...(D == null ? [] : [["D, log-ratio to the reference", `${signed(D, 4)} nat`]]),
    ...(implicit == null ? [] : [["r, implicit reward", signed(implicit, 4)]]),
    ["−dL/dlogp, above 0: made likelier", signed(advantage, 4)],
    ...(reward === null ? [] : [["R, the verifier's reward", figure(reward, 3)]]),
    ...ratedRows(human),
    ...lengthRows(record),
    ["ended", stops[record.stop]],
  ];
  return [`**Answer ${index}** of query ${query.record.index} · ${role}${author}`, markdownTable(["", ""], rows)].join(
    "\n\n",
  );
}

function aboutAnswer(query: QueryPlace, answer: AnswerPlace, scoring: Scoring, human: HumanScore | undefined): string {
  const { index, record } = answer;
  if (record.role !== undefined) return aboutPart(query, answer, human);
  const { answers, expected } = query.record;
  const { advantage, unscored } = record;
  const origins = scoreOrigins(record, answers, scoring);
  const rows = [
    ...origins.map(({ letter, value, by }) => [plainMarkdown(`${letter}, ${by}`), scoreText(value)]),
    ...(expected === undefined ? [] : [["the verifier expects", plainMarkdown(expected)]]),
    ["advantage in its group", signed(advantage, 3)],
    ...ratedRows(human),
    ...sequenceRows(record),
    ["ended", stops[record.stop]],
  ];
  return [
    `**Answer ${index}** of query ${query.record.index}`,
    markdownTable(["", ""], rows),
    `Advantage: ${plainMarkdown(advantageOrigin(index, answers, scoring))}`,
    ...partsTable(record),
    ...criteriaTable(record),
    ...origins.flatMap(words),
    ...(unscored === undefined ? [] : [`Unscored, which counts nowhere and is not 0: ${plainMarkdown(unscored)}`]),
  ].join("\n\n");
}

function ratedRows(human: HumanScore | undefined): string[][] {
  return human ? [["rated by hand (0–7)", `${figure(human.mean)}, mean of ${human.count}`]] : [];
}

/** Length, log-probability and distance to the reference of what a model wrote. */
function sequenceRows(record: Pick<AnswerRecord, "tokens" | "logprobs" | "referenceLogprobs">): string[][] {
  const logp = Float32Array.from(record.logprobs);
  const ref = Float32Array.from(record.referenceLogprobs);
  return [
    ...lengthRows(record),
    [
      "KL to the reference",
      `${figure(sequenceKl([logp], [ref]), 3)} nat, ${figure(tokenKl([logp], [ref]), 4)} a token (k3)`,
    ],
  ];
}

function lengthRows({ tokens, logprobs }: Pick<AnswerRecord, "tokens" | "logprobs">): string[][] {
  const sum = logprobs.reduce((total, value) => total + value, 0);
  const perToken = tokens.length === 0 ? null : sum / tokens.length;
  return [
    ["length", `${tokens.length} tokens`],
    ["log-probability", `${figure(sum)} nat, ${figure(perToken, 3)} a token`],
  ];
}
