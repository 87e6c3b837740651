import type { Alarm } from "../../../daemon/protocol.ts";
import { fixed } from "../../shared/numbers.ts";
import { type Naming, unnamed } from "../alarms/run-alarms.ts";
import type { AnswerRecord, QueryRecord } from "../data/records.ts";

/** Something about an answer or its group that a person should know before trusting the numbers. */
export interface Remark {
  readonly kind: (typeof order)[number];
  /** One word, for a row. */
  readonly flag: string;
  /** What is wrong, in a sentence. */
  readonly sentence: string;
  readonly alarming: boolean;
}

/** Kinds of remarks, the worst first. */
const order = [
  "unscored",
  "judge",
  "kl",
  "repetition",
  "style",
  "diversity",
  "admission",
  "length",
  "clip",
  "empty",
  "no-contrast",
] as const;

/** What R says where it is a verifier's: right from here on. */
const right = 0.5;

/**
 * Remarks on one answer, the worst first.
 * @param verified whether R is a verifier's, which the self-reward can contradict
 * @param alarms   those of its round that name it
 */
export function answerRemarks(
  answer: AnswerRecord,
  query: QueryRecord,
  verified: boolean,
  alarms: readonly Alarm[] = [],
): Remark[] {
  const remarks: Remark[] = [];
  if (answer.unscored !== undefined) {
    const sentence = `Unscored: ${answer.unscored}. It counts nowhere, not as 0, and teaches nothing.`;
    remarks.push({ kind: "unscored", flag: "unscored", sentence, alarming: true });
  }
  const contradiction = verified ? contradictionOf(answer, query) : undefined;
  if (contradiction) remarks.push({ kind: "judge", flag: "judge ≠", sentence: contradiction, alarming: true });
  if (answer.stop === "length") {
    const sentence = `Cut at the token limit, ${answer.tokens.length} tokens: the answer has no end.`;
    remarks.push({ kind: "clip", flag: "clip", sentence, alarming: false });
  }
  if (answer.text === "") {
    remarks.push({ kind: "empty", flag: "empty", sentence: "The answer has no text.", alarming: false });
  }
  return withAlarms(remarks, alarms);
}

/**
 * Remarks on a query: each kind once, the worst first.
 * @param namings the alarms of its round that name it or its answers
 */
export function queryRemarks(query: QueryRecord, verified: boolean, namings: readonly Naming[] = unnamed): Remark[] {
  const all = [
    ...query.answers.flatMap((answer, index) => answerRemarks(answer, query, verified, alarmsOf(namings, index))),
    ...groupRemarks(query, namings),
  ];
  return order.flatMap((kind) => {
    const some = all.filter((remark) => remark.kind === kind);
    return some.find(({ alarming }) => alarming) ?? some[0] ?? [];
  });
}

/** Remarks on a query and on its answers as a group. */
export function groupRemarks(query: QueryRecord, namings: readonly Naming[] = unnamed): Remark[] {
  return withAlarms(noContrast(query) ? [contrastRemark(query)] : [], alarmsOf(namings, undefined));
}

/** The alarms that name an answer; with undefined, those that name the query itself. */
export function alarmsOf(namings: readonly Naming[], answer: number | undefined): Alarm[] {
  return namings.filter((naming) => naming.answer === answer).map(({ alarm }) => alarm);
}

/** What an alarm says of its samples: the kind of remark that it makes or confirms, and its flag. */
const flags: Readonly<Record<Alarm["kind"], readonly [kind: Remark["kind"], flag: string]>> = {
  kl: ["kl", "KL"],
  length: ["length", "length"],
  repetition: ["repetition", "repeats"],
  diversity: ["diversity", "alike"],
  style: ["style", "code"],
  judge: ["judge", "judge ≠"],
  contrast: ["no-contrast", "0-var"],
  unscored: ["unscored", "unscored"],
  admission: ["admission", "not admitted"],
};

/** Remarks with those of alarms that name the sample: one of the same kind stands once, as alarming as either is. */
function withAlarms(remarks: readonly Remark[], alarms: readonly Alarm[]): Remark[] {
  if (alarms.length === 0) return [...remarks];
  const made = alarms.map(({ kind: name, severity, sentence }): Remark => {
    const [kind, flag] = flags[name];
    const own = remarks.find((remark) => remark.kind === kind);
    const alarming = severity === "warning" || own?.alarming === true;
    return own ? { ...own, alarming } : { kind, flag, sentence: `Shows this round's alarm: ${sentence}`, alarming };
  });
  const others = remarks.filter(({ kind }) => !made.some((remark) => remark.kind === kind));
  return [...others, ...made].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** Whether a query's answers teach nothing, because none is better or worse than the others. */
export function noContrast({ admitted, answers }: QueryRecord): boolean {
  return admitted && answers.length > 0 && answers.every(({ advantage }) => advantage === 0);
}

function contrastRemark({ answers }: QueryRecord): Remark {
  const sentence = `No contrast: all ${answers.length} answers are worth the same, so every advantage is 0 and the Solver learns nothing from them.`;
  return { kind: "no-contrast", flag: "0-var", sentence, alarming: false };
}

/**
 * The self-reward contradicts the verifier where it gives a wrong answer no less than a right one to the same query, or all
 * seven points where there is no right one [ours].
 */
function contradictionOf(answer: AnswerRecord, { answers, expected }: QueryRecord): string | undefined {
  if (answer.reward === null || answer.reward >= right || answer.selfReward === null) return undefined;
  const rivals = answers.flatMap(({ reward, selfReward }) =>
    reward !== null && reward >= right && selfReward !== null ? [selfReward] : [],
  );
  const least = rivals.length > 0 ? Math.min(...rivals) : 7;
  if (answer.selfReward < least) return undefined;
  const wanted = expected === undefined ? "" : ` (${expected} expected)`;
  const given = `the judge still gives ${fixed(answer.selfReward, 1).replace(/\.0$/, "")} of 7`;
  const rival = rivals.length > 0 ? ", no less than a right answer to the same query" : "";
  return `Verifier says wrong${wanted}; ${given}${rival}.`;
}
