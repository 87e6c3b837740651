import type { AlarmKind, AlarmRecord } from "../../store/records.ts";
import type { History } from "./history.ts";
import type { AlarmSettings, WatchedJudge } from "./settings.ts";

/** Whose samples show an alarm. */
export type Role = "challenger" | "solver";

/** What a kind of alarm sees in the newest rounds. */
export interface Reading {
  /** Whether it is beyond its threshold. */
  readonly isOver: boolean;
  /** What is seen, with its numbers. */
  readonly sentence: string;
  /** The same in a word or two: whom it is about where that may be either role, and its key number. */
  readonly brief: string;
  /** Where queries and answers may both show it: which do. */
  readonly role?: Role;
  /** Where it may go either way: whether it grew. */
  readonly isMore?: boolean;
  /** Where either judge may be the watched one: whose score it is. */
  readonly metric?: WatchedJudge["metric"];
}

/** What an alarm is read from. */
export interface Source {
  readonly history: History;
  readonly settings: AlarmSettings;
  /** Undefined where no judge scores but a verifier. */
  readonly judge: WatchedJudge | undefined;
}

/** How a kind of alarm is read. */
interface AlarmRule {
  readonly severity: AlarmRecord["severity"];
  /** Undefined where there is nothing to read. */
  readonly read: (source: Source) => Reading | undefined;
}

/** What the rules read of a round. */
export const watchedMetrics = [
  "solver/kl",
  "challenger/kl",
  "solver/completions/mean_length",
  "challenger/completions/mean_length",
  "solver/completions/repetitive_ratio",
  "solver/completions/code_ratio",
  "challenger/bigram_distance",
  "challenger/admitted",
  "solver/frac_reward_zero_std",
  "solver/reward",
  "solver/self_reward",
  "judge/frac_unscored_reward",
  "judge/frac_unscored_self_reward",
] as const;

/** All are means over the newest rounds, so that one odd round rings nothing. Their thresholds are measured in docs/alarms.md. [ours] */
export const alarmRules: Readonly<Record<AlarmKind, AlarmRule>> = {
  kl: { severity: "warning", read: readKl },
  length: { severity: "information", read: readLength },
  repetition: { severity: "warning", read: readRepetition },
  diversity: { severity: "warning", read: readDiversity },
  style: { severity: "warning", read: readStyle },
  judge: { severity: "warning", read: readJudge },
  // A task that is mastered has no contrast either.
  contrast: { severity: "information", read: readContrast },
  unscored: { severity: "warning", read: readUnscored },
  admission: { severity: "warning", read: readAdmission },
};

const texts: Readonly<Record<Role, string>> = { challenger: "queries", solver: "answers" };
const names: Readonly<Record<Role, string>> = { challenger: "Challenger", solver: "Solver" };

/** The role that is farther away from the reference. */
function readKl({ history, settings }: Source): Reading | undefined {
  const [worst] = ofRoles((role) => history.recent(`${role}/kl`)).sort((a, b) => b.value - a.value);
  if (!worst) return undefined;
  const { role, value } = worst;
  const { above } = settings.kl;
  return {
    isOver: value > above,
    brief: `${names[role]} ${value.toFixed(2)}`,
    sentence: `The ${names[role]} is ${value.toFixed(2)} nat a token away from the reference (KL), above ${above}.`,
    role,
  };
}

/** The role whose texts' mean length changed by the larger factor. */
function readLength({ history, settings }: Source): Reading | undefined {
  const ratios = ofRoles((role) => {
    const metric = `${role}/completions/mean_length`;
    const [now, start] = [history.recent(metric), history.start(metric)];
    return now === null || start === null ? null : now / start;
  });
  const [worst] = ratios.sort((a, b) => Math.abs(Math.log(b.value)) - Math.abs(Math.log(a.value)));
  if (!worst) return undefined;
  const { role, value } = worst;
  const isMore = value > 1;
  const now = history.recent(`${role}/completions/mean_length`)!;
  const factor = Math.max(value, 1 / value);
  const change = isMore ? `${factor.toFixed(1)} times as long` : `${factor.toFixed(1)} times shorter`;
  return {
    isOver: factor >= settings.length.factor,
    brief: `${names[role]} ${isMore ? "×" : "÷"} ${factor.toFixed(1)}`,
    sentence: `The ${names[role]}'s ${texts[role]} have ${now.toFixed(0)} tokens on average: ${change} ${isMore ? "as" : "than"} in the first rounds.`,
    role,
    isMore,
  };
}

function readRepetition({ history, settings }: Source): Reading | undefined {
  const { above } = settings.repetition;
  return shareOf(history.recent("solver/completions/repetitive_ratio"), (value) => ({
    isOver: value > above,
    brief: percent(value),
    sentence: `${percent(value)} of the answers repeat themselves, above ${percent(above)}.`,
  }));
}

function readDiversity({ history, settings }: Source): Reading | undefined {
  const metric = "challenger/bigram_distance";
  const [now, start] = [history.recent(metric), history.start(metric)];
  if (now === null || start === null || start === 0) return undefined;
  const { below } = settings.diversity;
  return {
    isOver: now < below * start,
    brief: percent(now / start),
    sentence: `The queries are more alike: their distance in bigrams is ${percent(now / start)} of what it was in the first rounds, below ${percent(below)}.`,
  };
}

function readStyle({ history, settings }: Source): Reading | undefined {
  const { above } = settings.style;
  return shareOf(history.recent("solver/completions/code_ratio"), (value) => ({
    isOver: value > above,
    brief: percent(value),
    sentence: `${percent(value)} of the answers to queries that ask for no code look like code, above ${percent(above)}.`,
  }));
}

/**
 * The judge's score rises while what it should stand for falls: the verifier's score of the same answers, against the first
 * rounds; or the held-out accuracy, against its best.
 */
function readJudge({ history, settings: { judge: settings }, judge }: Source): Reading | undefined {
  if (!judge) return undefined;
  const { metric, span, besideVerifier } = judge;
  const who = metric === "solver/reward" ? "reward" : "self-reward";
  const rise = change(span);
  const fall = change(-1);
  const isBoth = (risen: number, fallen: number): boolean => risen >= settings.rise && fallen >= settings.fall;

  const { best, measured } = history;
  const sinceBest = rise(best?.recents.get(metric), measured?.recents.get(metric));
  if (best && measured && isBoth(sinceBest, fall(best.accuracy, measured.accuracy))) {
    return {
      isOver: true,
      brief: `+${percent(sinceBest)}`,
      metric,
      sentence: `The ${who} rose by ${percent(sinceBest)} of its range while the held-out accuracy fell from ${percent(best.accuracy)} to ${percent(measured.accuracy)}.`,
    };
  }
  if (history.recent(metric) === null) return undefined;
  const [right, rightNow] = [history.start("solver/reward"), history.recent("solver/reward")];
  const risen = rise(history.start(metric), history.recent(metric));
  if (!besideVerifier || right === null || rightNow === null || !isBoth(risen, fall(right, rightNow))) return quiet;
  return {
    isOver: true,
    brief: `+${percent(risen)}`,
    metric,
    sentence: `Since the first rounds the ${who} rose by ${percent(risen)} of its range, while the share of answers that the verifier calls right fell from ${percent(right)} to ${percent(rightNow)}.`,
  };
}

const quiet: Reading = {
  isOver: false,
  brief: "quiet",
  sentence: "The judge's score does not rise while answers get worse.",
};

/** From one value to another, in units of `span`; 0 where either is unknown. */
function change(span: number): (from: number | null | undefined, to: number | null | undefined) => number {
  return (from, to) => (from == null || to == null ? 0 : (to - from) / span);
}

function readContrast({ history, settings }: Source): Reading | undefined {
  const { above } = settings.contrast;
  return shareOf(history.recent("solver/frac_reward_zero_std"), (value) => ({
    isOver: value > above,
    brief: percent(value),
    sentence: `In ${percent(value)} of the groups all answers earn the same, above ${percent(above)}: the Solver learns nothing from them.`,
  }));
}

function readUnscored({ history, settings }: Source): Reading | undefined {
  const { above } = settings.unscored;
  const shares = ["reward", "self_reward"].flatMap((judge) => history.recent(`judge/frac_unscored_${judge}`) ?? []);
  return shareOf(shares.length === 0 ? null : Math.max(...shares), (value) => ({
    isOver: value > above,
    brief: percent(value),
    sentence: `A judge left ${percent(value)} of the answers unscored, above ${percent(above)}.`,
  }));
}

function readAdmission({ history, settings }: Source): Reading | undefined {
  const { below } = settings.admission;
  return shareOf(history.recent("challenger/admitted"), (value) => ({
    isOver: value < below,
    brief: percent(value),
    sentence: `Only ${percent(value)} of the queries are admitted, below ${percent(below)}.`,
  }));
}

function shareOf(value: number | null, reading: (value: number) => Reading): Reading | undefined {
  return value === null ? undefined : reading(value);
}

function ofRoles(read: (role: Role) => number | null): { readonly role: Role; readonly value: number }[] {
  return (["challenger", "solver"] as const).flatMap((role) => {
    const value = read(role);
    return value === null ? [] : [{ role, value }];
  });
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
