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
  readonly question: string;
  readonly arms: readonly string[];
}

/** An experiment that was written down before it was run. */
export interface Study {
  readonly name: string;
  /** `key=value` of every arm. */
  readonly base: readonly string[];
  readonly seeds: readonly number[];
  /** In the order in which they are run. */
  readonly arms: readonly Arm[];
  readonly groups: readonly Group[];
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
      .filter((arm) => column < (arm.seeds ?? seeds.length))
      .map((arm): PlannedRun => {
        const own = [...arm.settings, `seed=${seed}`, `name=${arm.name}`];
        const keys = new Set(own.map(keyOf));
        const settings = [...base.filter((setting) => !keys.has(keyOf(setting))), ...own];
        return { id: `${name}.${arm.name}.${seed}`, arm, seed, settings };
      }),
  );
}

function keyOf(setting: string): string {
  return setting.slice(0, setting.indexOf("="));
}
