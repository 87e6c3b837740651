import { logRatio, type UnitLoss } from "../../selfplay/imitation.ts";
import { imitationMetrics, meanLoss, type UnitObservation } from "../../selfplay/imitation-metrics.ts";
import type { Metrics } from "../../selfplay/metrics.ts";
import { fixed } from "../../text/numbers.ts";
import { padEnd, wrap } from "../text/fit.ts";
import { type GridColumn, gridLines } from "../text/grid.ts";
import type { Style } from "../text/style.ts";
import { settingKey } from "./checking.ts";
import type { UnitQuestion } from "./unit-question.ts";

/** What the algorithm makes of a response. */
interface ResponseAnswer {
  /** Nat. */
  readonly logp: number;
  /** D = logp − ref, nat; null without reference. */
  readonly logRatio: number | null;
  /** The implicit reward; null without reference. */
  readonly reward: number | null;
  /** d(mean loss)/d logp. */
  readonly coefficient: number;
}

/** Losses and coefficients of a file, as `--json` prints them. */
export interface UnitAnswer {
  readonly algorithm: string;
  /** Those that the algorithm reads, as a file writes them. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** Mean over the units, or over tokens where the algorithm's is. */
  readonly loss: number;
  /** What the units' losses and coefficients are divided by. */
  readonly denominator: number;
  readonly units: readonly {
    /** Of this unit alone, not divided. */
    readonly loss: number;
    /** It has no gradient: its first two responses are the same. */
    readonly skipped: boolean;
    readonly responses: Readonly<Record<string, ResponseAnswer>>;
  }[];
  readonly metrics: Metrics;
}

/** Computes what a file asks for. */
export function answerUnits({ algorithm, settings, units }: UnitQuestion): UnitAnswer {
  const tokens = units.flatMap(({ response_R }) => response_R).reduce((sum, response) => sum + response.tokens, 0);
  const denominator = algorithm.mean === "tokens" ? tokens : units.length;
  const losses = units.map(({ response_R }): UnitLoss => algorithm.loss(response_R, settings));
  const observed = units.map(({ response_R }, u): UnitObservation => ({ response_R, loss: losses[u]!.loss }));
  return {
    algorithm: algorithm.name,
    settings: Object.fromEntries(algorithm.uses.map((name) => [settingKey(name), settings[name]])),
    loss: meanLoss(algorithm, observed)!,
    denominator,
    units: units.map(({ response_R, identical }, u) => {
      const { loss, coefficient_R } = losses[u]!;
      const skipped = identical && algorithm.skipsIdentical;
      const responses = algorithm.roles.map((role, r): [string, ResponseAnswer] => {
        const response = response_R[r]!;
        const coefficient = skipped ? 0 : coefficient_R[r]! / denominator;
        const ratio = algorithm.reference === "none" ? null : logRatio(response);
        return [
          role,
          { logp: response.logp, logRatio: ratio, reward: algorithm.reward?.(response, settings) ?? null, coefficient },
        ];
      });
      return { loss, skipped, responses: Object.fromEntries(responses) };
    }),
    metrics: imitationMetrics(algorithm, observed, settings),
  };
}

const six = fixed(6);

/** The answer as a table: a row for each response, the means below. */
export function unitReport({ algorithm }: UnitQuestion, answer: UnitAnswer, { columns, colours }: Style): string[] {
  const settings = Object.entries(answer.settings).map(([name, value]) => `${name} ${value}`);
  const rows = answer.units.flatMap((unit, u) =>
    Object.entries(unit.responses).map(([role, response], r) => ({ role, ...response, unit, u, isFirst: r === 0 })),
  );
  const column = (title: string, cell: (row: (typeof rows)[number]) => string, dispensable?: number): GridColumn => ({
    title,
    align: "right",
    cells: rows.map(cell),
    ...(dispensable !== undefined && { dispensable }),
  });
  const grid = [
    column("unit", ({ u, isFirst }) => (isFirst ? String(u) : "")),
    { ...column("role", ({ role }) => role), align: "left" as const },
    column("logp", ({ logp }) => six(logp), 1),
    column("D", ({ logRatio }) => six(logRatio)),
    column("reward", ({ reward }) => six(reward), 2),
    column("coefficient", ({ coefficient }) => six(coefficient)),
    column("loss", ({ unit, isFirst }) => (isFirst ? six(unit.loss) : "")),
  ];
  const skipped = answer.units.filter((unit) => unit.skipped).length;
  const metrics = Object.entries(answer.metrics).filter(([, value]) => value !== null);
  const key = Math.max(...metrics.map(([name]) => name.length)) + 2;
  return [
    ...wrap([algorithm.title, ...settings].join(" · "), columns),
    ...gridLines(grid, columns, colours),
    ...wrap(
      `coefficient: d(mean loss)/d logp, the mean over ${answer.denominator} ${algorithm.mean}; loss: of the unit alone.`,
      columns,
    ),
    ...(skipped > 0 ? [`Without gradient, because the first two responses are the same: ${skipped}.`] : []),
    ...metrics.map(([name, value]) => `${padEnd(name, key)}${six(value)}`),
  ];
}
