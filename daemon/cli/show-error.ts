import { AbortedError, SparringError } from "../errors.ts";
import type { Problem } from "../protocol.ts";
import { exitCodes } from "./cli.ts";
import type { Colours } from "./text/colours.ts";
import { wrap } from "./text/fit.ts";
import { printable } from "./text/printable.ts";
import type { Style } from "./text/style.ts";

/** The exit code for what a command threw. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof AbortedError) return exitCodes.interrupted;
  if (!(error instanceof SparringError)) return exitCodes.failed;
  if (error.code.startsWith("client/") || error.code === "cli/daemon-gone") return exitCodes.unreachable;
  return /^(cli|config)\//.test(error.code) ? exitCodes.usage : exitCodes.failed;
}

/** What is shown of a problem. */
type Shown = Pick<Problem, "code" | "message" | "next"> & { readonly place?: string | undefined };

/** Everything that is wrong, where one error carries several problems: a config's, found here or by the daemon. */
function severalProblems(error: SparringError): readonly Shown[] | undefined {
  return (error as SparringError & { readonly problems?: readonly Shown[] }).problems;
}

/** `place: error: message (code)`, which editors make clickable, and the next step below. */
function showProblem({ code, message, next, place }: Shown, style: Style): string[] {
  const { columns, colours, invocation } = style;
  // Errors name commands as `sparring …`; the reader gets them as they can be typed here.
  const step = next.replaceAll("`sparring ", () => `\`${invocation} `);
  const where = place === undefined ? "" : `${printable(place)}: `;
  // What follows the first line is quoted, as the end of a log.
  const [sentence = "", ...quoted] = message.split("\n");
  const [first, ...rest] = wrap(`${where}error: ${printable(sentence)} (${code})`, columns);
  const emphasised = first!.replace(`${where}error:`, () => `${colours.bold(where)}${colours.red("error:")}`);
  const quotation = quoted.map((line) => colours.dim(`  | ${printable(line)}`));
  return [emphasised, ...rest, ...quotation, ...wrap(printable(step), columns, "  ")];
}

/** Why the error came about, where another one caused it. */
function showCause(cause: unknown, columns: number, colours: Colours): string[] {
  if (!(cause instanceof Error)) return [];
  return wrap(`because: ${printable(cause.message)}`, columns, "  ").map((line) => colours.dim(line));
}

/** An error for people: every problem with its place, code and next step; a bug with its stack. */
export function showError(error: unknown, style: Style): string[] {
  const { columns, colours } = style;
  if (error instanceof SparringError) {
    const problems = severalProblems(error);
    if (problems) return problems.flatMap((problem, i) => [...(i > 0 ? [""] : []), ...showProblem(problem, style)]);
    return [...showProblem(error, style), ...showCause(error.cause, columns, colours)];
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [
    `${colours.red("error:")} unexpected, which is a bug in Sparring. Please report it with what follows.`,
    ...trace.split("\n").map((line) => colours.dim(printable(line))),
  ];
}
