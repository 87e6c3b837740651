import { fixed } from "../../text/numbers.ts";
import { wrap } from "../text/fit.ts";
import { type GridColumn, gridLines } from "../text/grid.ts";
import type { Style } from "../text/style.ts";
import { settingKey } from "./checking.ts";
import type { RoundQuestion } from "./round-question.ts";

/** What the algorithm makes of a response. */
interface ResponseAnswer {
  readonly advantage: number;
  /** dL/dlogp of each token, in the engine's single precision. */
  readonly coefficients: readonly number[];
}

/** Advantages and coefficients of a round, as `--json` prints them. */
export interface RoundAnswer {
  readonly algorithm: string;
  /** Those that the algorithm reads, as a file writes them. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly queries: readonly {
    /** Mean reward, and mean self-reward times its scale; null where there is none. */
    readonly V: number | null;
    readonly VQ: number | null;
    /** As the Challenger's response; null where queries come from data. */
    readonly query: ResponseAnswer | null;
    readonly answers: readonly ResponseAnswer[];
  }[];
  /** Conditions that a person should know of. */
  readonly notes: readonly string[];
}

/** Computes what a file asks for. */
export function answerRound({ algorithm, settings, uses, scores, current, reference }: RoundQuestion): RoundAnswer {
  const advantages = algorithm.advantages(scores, settings);
  const { answers_NGT, queries_NT } = algorithm.coefficients(scores, advantages, current, reference, settings);
  return {
    algorithm: algorithm.name,
    settings: Object.fromEntries(uses.map((name) => [settingKey(name), settings[name]])),
    queries: answers_NGT.map((row, i) => ({
      V: advantages.V_N[i]!,
      VQ: advantages.VQ_N[i]!,
      query: queries_NT[i] ? { advantage: advantages.challenger_N[i]!, coefficients: [...queries_NT[i]] } : null,
      answers: row.map((coefficients, j) => ({
        advantage: advantages.solver_NG[i]![j]!,
        coefficients: [...coefficients],
      })),
    })),
    notes: advantages.notes,
  };
}

const six = fixed(6);

/** One coefficient, or the range of several. */
function span(coefficients: readonly number[]): string {
  const [least, most] = [Math.min(...coefficients), Math.max(...coefficients)].map(six);
  return least === most ? least! : `${least} … ${most}`;
}

/** The answer as a table: a row for each response. */
export function roundReport({ algorithm }: RoundQuestion, answer: RoundAnswer, { columns, colours }: Style): string[] {
  const settings = Object.entries(answer.settings).map(([name, value]) => `${name} ${value}`);
  const rows = answer.queries.flatMap(({ V, VQ, query, answers }, i) =>
    [
      ...(query ? [{ ...query, who: "query" }] : []),
      ...answers.map((each, j) => ({ ...each, who: `answer ${j}` })),
    ].map((response, r) => ({ ...response, i, V, VQ, isFirst: r === 0 })),
  );
  const column = (title: string, cell: (row: (typeof rows)[number]) => string): GridColumn => ({
    ...{ title, align: "right", cells: rows.map(cell) },
  });
  const grid = [
    column("query", ({ i, isFirst }) => (isFirst ? String(i) : "")),
    { ...column("response", ({ who }) => who), align: "left" as const },
    column("V", ({ V, isFirst }) => (isFirst ? six(V) : "")),
    ...(algorithm.selfReward ? [column("V_Q", ({ VQ, isFirst }) => (isFirst ? six(VQ) : ""))] : []),
    column("advantage", ({ advantage }) => six(advantage)),
    column("coefficient", ({ coefficients }) => span(coefficients)),
  ];
  return [
    ...wrap([algorithm.title, ...settings].join(" · "), columns),
    ...gridLines(grid, columns, colours),
    ...wrap(
      "coefficient: dL/dlogp of a token of the response, all denominators in it; a range where tokens differ.",
      columns,
    ),
    ...answer.notes.flatMap((note) => wrap(`Note: ${note}.`, columns)),
  ];
}
