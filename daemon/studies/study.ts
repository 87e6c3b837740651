import { createHash } from "node:crypto";
import type { Instrument } from "./instrument.ts";

/** One way to play, and the settings that make it so. */
export interface Arm {
  /** For ids of runs and rows of tables. */
  readonly name: string;
  /** What it is, for a reader. */
  readonly about: string;
  /** `key=value`; they win over the study's base. */
  readonly settings: readonly string[];
  /** The first so many of the study's seeds; all, if left out. */
  readonly seeds?: number;
}

/** Arms that answer one question together. An arm of another group may be one of them. */
export interface Group {
  readonly title: string;
  /** Its figure's file, without the ending. */
  readonly file: string;
  readonly question: string;
  readonly arms: readonly string[];
}

/** An experiment that was written down before it was run. */
export interface Study {
  readonly name: string;
  /** The question, in a line. */
  readonly about: string;
  /** `key=value` of every arm. */
  readonly base: readonly string[];
  readonly seeds: readonly number[];
  /** In the order in which they are run. */
  readonly arms: readonly Arm[];
  readonly groups: readonly Group[];
  readonly instrument: Instrument;
}

/** A run of a study: its id is the same whenever the study is run again, so a study goes on where it was left. */
export interface PlannedRun {
  readonly id: string;
  readonly arm: Arm;
  readonly seed: number;
  readonly settings: readonly string[];
}

/** Every run of a study: all arms of the first seed, then all of the next, so that a study cut short has whole columns. */
export function plannedRuns({ name, base, seeds, arms }: Study): PlannedRun[] {
  return seeds.flatMap((seed, column) =>
    arms
      .filter((arm) => column < seedsOf(arm, seeds))
      .map((arm): PlannedRun => {
        const own = [...arm.settings, `seed=${seed}`, `name=${arm.name}`];
        return { id: `${name}.${arm.name}.${seed}`, arm, seed, settings: [...without(base, own), ...own] };
      }),
  );
}

/** The study with these arms only. A group whose remaining arms were all in one group before it is left out. */
export function restricted(study: Study, names: readonly string[]): Study {
  const groups = study.groups.map((group) => ({ ...group, arms: group.arms.filter((name) => names.includes(name)) }));
  const isShown = (arms: readonly string[], before: readonly Group[]): boolean =>
    before.some((group) => arms.every((name) => group.arms.includes(name)));
  return {
    ...study,
    arms: study.arms.filter(({ name }) => names.includes(name)),
    groups: groups.filter(({ arms }, i) => arms.length > 0 && !isShown(arms, groups.slice(0, i))),
  };
}

/**
 * The study with other settings, which win over those of its arms. Its name gets a suffix that is made of the settings, so
 * that its runs and files are never taken for those of the study that was planned, and are found again.
 * @param settings `key=value`, neither `seed` nor `name`
 */
export function variant(study: Study, settings: readonly string[]): Study {
  if (settings.length === 0) return study;
  const hash = createHash("sha256").update(settings.toSorted().join("\n")).digest("hex");
  return {
    ...study,
    name: `${study.name}.x${hash.slice(0, 8)}`,
    arms: study.arms.map((arm) => ({ ...arm, settings: [...without(arm.settings, settings), ...settings] })),
  };
}

function seedsOf(arm: Arm, seeds: readonly number[]): number {
  return Math.min(arm.seeds ?? seeds.length, seeds.length);
}

/** Those of `settings` whose keys `stronger` does not set. */
function without(settings: readonly string[], stronger: readonly string[]): string[] {
  const keys = new Set(stronger.map(keyOf));
  return settings.filter((setting) => !keys.has(keyOf(setting)));
}

/** The key of `key=value`. */
export function keyOf(setting: string): string {
  return setting.slice(0, setting.indexOf("="));
}
