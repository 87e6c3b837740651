import { ConfigError, type Problem } from "../config/problem.ts";
import { AbortedError, SparringError } from "../errors.ts";
import { exitCodes } from "./cli.ts";
import type { ReportStyle } from "./report.ts";
import type { Colours } from "./text/colours.ts";
import { wrap } from "./text/fit.ts";
import { printable } from "./text/printable.ts";

/** The exit code for what a command threw. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof AbortedError) return exitCodes.interrupted;
  const isUsage = error instanceof SparringError && /^(cli|config)\//.test(error.code);
  return isUsage ? exitCodes.usage : exitCodes.failed;
}

/** `place: error: message (code)`, which editors make clickable, and the next step below. */
function showProblem({ code, message, next, place }: Problem, style: ReportStyle): string[] {
  const { columns, colours, invocation } = style;
  // Errors name commands as `sparring …`; the reader gets them as they can be typed here.
  const step = next.replaceAll("`sparring ", () => `\`${invocation} `);
  const where = place === undefined ? "" : `${printable(place)}: `;
  const [first, ...rest] = wrap(`${where}error: ${printable(message)} (${code})`, columns);
  const emphasised = first!.replace(`${where}error:`, () => `${colours.bold(where)}${colours.red("error:")}`);
  return [emphasised, ...rest, ...wrap(printable(step), columns, "  ")];
}

/** Why the error came about, where another one caused it. */
function showCause(cause: unknown, columns: number, colours: Colours): string[] {
  if (!(cause instanceof Error)) return [];
  return wrap(`because: ${printable(cause.message)}`, columns, "  ").map((line) => colours.dim(line));
}

/** An error for people: every problem with its place, code and next step; a bug with its stack. */
export function showError(error: unknown, style: ReportStyle): string[] {
  const { columns, colours } = style;
  if (error instanceof ConfigError) {
    return error.problems.flatMap((problem, i) => [...(i > 0 ? [""] : []), ...showProblem(problem, style)]);
  }
  if (error instanceof SparringError) {
    const { code, message, next, place, cause } = error;
    return [...showProblem({ code, message, next, place }, style), ...showCause(cause, columns, colours)];
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [
    `${colours.red("error:")} unexpected, which is a bug in Sparring. Please report it with what follows.`,
    ...trace.split("\n").map((line) => colours.dim(printable(line))),
  ];
}
