import { ErrorCodes, ResponseError } from "vscode-jsonrpc/node";
import { AbortedError, NeedsAgreementError, SparringError } from "../errors.ts";
import { type ErrorData, errorDataSchema, type Problem, problemErrorCode } from "../protocol.ts";

/** LSP's code for a request that its client cancelled. */
const requestCancelled = -32800;

/** Several things that are wrong at once, as in a config; the other end of `ConfigError`. */
export class ProblemsError extends SparringError {
  readonly problems: readonly Problem[];

  constructor({ code, message, next, place }: Problem, problems: readonly Problem[]) {
    super(code, message, next, place === undefined ? {} : { place });
    this.problems = problems;
  }
}

/**
 * What was thrown, as JSON-RPC's error object: a `SparringError` with its code, sentence, place and next step, and its
 * `problems` or `origins` where it has some. Anything else is a bug: it is handed to `report`, and the client learns only that.
 */
export function toResponseError(error: unknown, report: (bug: unknown) => void): ResponseError<ErrorData | undefined> {
  if (error instanceof ResponseError) return error;
  if (error instanceof AbortedError) return new ResponseError(requestCancelled, error.message);
  if (error instanceof SparringError) {
    const origins = error instanceof NeedsAgreementError && { origins: [...error.origins] };
    return new ResponseError(problemErrorCode, error.message, { ...problemOf(error), ...severalOf(error), ...origins });
  }
  report(error);
  const problem: ErrorData = {
    code: "protocol/internal-error",
    message: "The daemon failed at this request, which is a bug in Sparring.",
    next: "Look into the daemon's log (`sparring doctor` says where it is) and report what it says there.",
  };
  return new ResponseError(ErrorCodes.InternalError, problem.message, problem);
}

/** The error that a request ends with at the client: what the daemon threw, as far as it can be told. */
export function fromResponseError(error: unknown): Error {
  if (!(error instanceof ResponseError)) return error instanceof Error ? error : new Error(String(error));
  if (error.code === requestCancelled) return new AbortedError("The request");
  const parsed = errorDataSchema.safeParse(error.data);
  if (parsed.success) {
    const { problems, origins, ...problem } = parsed.data;
    const { code, message, next, place } = problem;
    if (problems !== undefined) return new ProblemsError(problem, problems);
    if (origins !== undefined) return new NeedsAgreementError(code, message, next, origins);
    return new SparringError(code, message, next, place === undefined ? {} : { place });
  }
  return new SparringError(
    "protocol/unknown-error",
    `The daemon answered with an error that this program doesn't know: ${error.message} (${error.code}).`,
    "End the daemon with `sparring serve --stop`: the next command starts one of this version.",
  );
}

function problemOf({ code, message, next, place }: Problem): Problem {
  return { code, message, next, ...(place !== undefined && { place }) };
}

/** `problems` of an error that has them. Which class it is of is not known here: `ConfigError` belongs to `config`. */
function severalOf(error: SparringError): { problems?: Problem[] } {
  if (!("problems" in error) || !Array.isArray(error.problems) || error.problems.length < 2) return {};
  return { problems: error.problems.map(problemOf) };
}
