import { mean } from "../selfplay/statistics.ts";
import type { AlarmRecord, QueryRecord, RoundRecord, RunRecord } from "../store/records.ts";
import { visibleLine } from "../text/visible.ts";
import { type AdvantageConfig, judgeText } from "../text/why-score.ts";
import { modeFigures, pairFigures, replyFigures } from "./judge-figures.ts";
import { imitationFigures, isImitation, realLogprobFigures } from "./pairs.ts";

/** What a round's document is made of. */
export interface RoundFacts {
  /** Id of the run. */
  readonly run: string;
  readonly name: string;
  /** Whether its rewards are a verifier's, and so right or wrong. */
  readonly verified: boolean;
  /** The run's, as far as scores depend on it. */
  readonly config: AdvantageConfig;
  /** Who scored; absent in runs of earlier versions. */
  readonly judges?: RunRecord["judges"];
  readonly record: RoundRecord;
  readonly queries: readonly QueryRecord[];
}

const alarmLabel = "Alarm";

/** A line of a round's head that begins so is an alarm's; they stand one below the other, in the order of the record. */
export const headOfAlarm = `- ${alarmLabel}: `;

/** The first lines of a round's document: what happened, in a few figures. */
export function roundHead({ run, name, judges, record, queries }: RoundFacts): string[] {
  const rows: readonly (readonly [string, string] | undefined)[] = [
    ["Run", visibleLine(run)],
    ["Finished", `${visibleLine(record.finishedAt)}, after ${record.seconds.toFixed(1)} s`],
    ...(isImitation(queries) ? imitationFigures(record, queries) : gameFigures(queries)),
    judgesRow(judges),
    replyFigures(record),
    modeFigures(record),
    pairFigures(record),
    accuracyFigures(record),
    realLogprobFigures(record),
    ...(record.alarms ?? []).map((alarm) => [alarmLabel, alarmText(alarm)] as const),
    ...record.notes.map((note) => ["Note", visibleLine(note)] as const),
  ];
  return [
    `# ${visibleLine(name)} · round ${record.round}`,
    "",
    ...rows.flatMap((row) => (row ? [`- ${row[0]}: ${row[1]}`] : [])),
    "",
    orderNote(queries),
  ];
}

/** Whose the scores are. */
function judgesRow(judges: RoundFacts["judges"]): readonly [string, string] | undefined {
  if (!judges) return undefined;
  const { reward, selfReward } = judges;
  const parts = [`R ${judgeText(reward)}`, ...(selfReward ? [`R_Q ${judgeText(selfReward)}`] : [])];
  return ["Judges", visibleLine(parts.join("; "))];
}

/** What an alarm says, and where it is seen. */
function alarmText({ kind, sentence, samples }: AlarmRecord): string {
  const places = samples.map(({ query, answer }) =>
    answer === undefined ? `query ${query}` : `query ${query}, answer ${answer}`,
  );
  return `${kind}. ${visibleLine(sentence)}${places.length === 0 ? "" : ` See ${places.join("; ")}.`}`;
}

function orderNote(queries: readonly QueryRecord[]): string {
  if (queries.length === 0) return "No queries were played in this round: it only measured.";
  if (!isImitation(queries)) {
    return "The hardest queries first, those that were not admitted last. V is the mean reward of a query's answers.";
  }
  return queries.some(({ answers }) => answers.length > 1)
    ? "The worst margins first: how far the implicit reward of the first answer is above that of the second."
    : "The least likely answers first.";
}

function gameFigures(queries: readonly QueryRecord[]): (readonly [string, string] | undefined)[] {
  if (queries.length === 0) return [];
  return [["Queries", queryFigures(queries)], ["Answers", answerFigures(queries)], rewardFigures(queries)];
}

function queryFigures(queries: readonly QueryRecord[]): string {
  const admitted = queries.filter((query) => query.admitted).length;
  const source = queries.some(({ tokens }) => tokens.length > 0) ? "written by the Challenger" : "drawn from the task";
  return `${queries.length} ${source}, ${admitted} admitted`;
}

function answerFigures(queries: readonly QueryRecord[]): string {
  const answers = queries.flatMap((query) => query.answers);
  const cut = answers.filter(({ stop }) => stop === "length").length;
  const unscored = answers.filter((answer) => answer.unscored !== undefined).length;
  return [`${answers.length}`, `${cut} cut at the token limit`, ...(unscored > 0 ? [`${unscored} unscored`] : [])].join(
    ", ",
  );
}

function rewardFigures(queries: readonly QueryRecord[]): readonly [string, string] | undefined {
  const V = mean(queries.flatMap((query) => query.V ?? []));
  const selfReward = mean(queries.flatMap((query) => meanSelfReward(query) ?? []));
  if (V === null) return undefined;
  return ["Mean reward", `V ${V.toFixed(3)}${selfReward === null ? "" : `, R_Q ${selfReward.toFixed(2)}`}`];
}

/** Mean R_Q of a query's scored answers, 0–7. (`VQ` of its record has the scale of `judge.self_reward.scale` in it.) */
export function meanSelfReward({ answers }: QueryRecord): number | null {
  return mean(answers.flatMap(({ selfReward }) => selfReward ?? []));
}

function accuracyFigures({ metrics }: RoundRecord): readonly [string, string] | undefined {
  const accuracy = metrics["eval/accuracy"] ?? null;
  const tasks = metrics["eval/tasks"] ?? null;
  if (accuracy === null) return undefined;
  return ["Held-out accuracy", `${accuracy.toFixed(3)}${tasks === null ? "" : ` on ${tasks} tasks`}`];
}
