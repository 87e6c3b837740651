import { ErrorCodes, ResponseError } from "vscode-jsonrpc/node";
import type { z } from "zod";
import { SparringError } from "../errors.ts";
import { type ErrorData, type Method, protocolVersion, requests } from "../protocol.ts";
import type { Client } from "./client.ts";
import type { Handlers } from "./handlers.ts";
import type { Log } from "./log.ts";

/** Who asked for one of these, and when, is in the daemon's log. */
const recorded: ReadonlySet<Method> = new Set<Method>([
  "sparring/run/start",
  "sparring/run/fork",
  "sparring/run/pause",
  "sparring/run/resume",
  "sparring/run/stop",
  "sparring/run/agree",
  "sparring/trust/grant",
  "sparring/trust/revoke",
  "sparring/key/give",
  "sparring/key/forget",
  "sparring/daemon/shutdown",
]);

/** Of the things that are wrong with parameters, this many are told. */
const maxIssues = 5;

/** What answering takes. */
export interface Desk {
  readonly handlers: Handlers;
  readonly log: Log;
}

/**
 * Answers a request: finds its verb, checks that this client may use it, validates its parameters, and calls its handler.
 * @throws ResponseError for a verb that there isn't
 * @throws SparringError `protocol/version`, `protocol/bad-params`, and what the handler throws
 */
export async function dispatch(
  { handlers, log }: Desk,
  client: Client,
  method: string,
  params: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  if (!isMethod(method)) throw unknownVerb(method);
  const isCore = "core" in requests[method];
  if (!isCore && client.hello?.isCompatible === false) throw otherVersion(method);
  const valid = validated(method, params);
  if (recorded.has(method)) log("info", `${client.hello?.name} asked for ${method}${nameIn(valid)}`);
  // The schema of a method gives its parameters; the compiler does not follow that through the table.
  return handlers[method](valid as never, { client, signal });
}

/** @throws SparringError `protocol/bad-params` */
function validated(method: Method, params: unknown): object {
  const parsed = requests[method].params.safeParse(params ?? {});
  if (!parsed.success) throw badParams(method, parsed.error.issues);
  return parsed.data;
}

/** The run or folder that a request is about. Nothing else of it may be in a log: it may be a key. */
function nameIn(params: object): string {
  if ("run" in params) return ` of ${params.run}`;
  return "folder" in params ? ` of ${params.folder}` : "";
}

function isMethod(method: string): method is Method {
  return Object.hasOwn(requests, method);
}

function badParams(method: Method, issues: readonly z.core.$ZodIssue[]): SparringError {
  const told = issues.slice(0, maxIssues).map(({ path, message }) => {
    const where = path.map(String).join(".").slice(0, 200);
    return `${where === "" ? "the parameters" : `\`${where}\``}: ${message}`;
  });
  const more = issues.length > maxIssues ? [`and ${issues.length - maxIssues} more`] : [];
  return new SparringError(
    "protocol/bad-params",
    `The parameters of ${method} are not as the protocol says: ${[...told, ...more].join("; ")}.`,
    "Correct them as docs/protocol.md describes them.",
    { place: method },
  );
}

function otherVersion(method: Method): SparringError {
  return new SparringError(
    "protocol/version",
    `${method} is not answered, because this client speaks another version of the protocol than the daemon (${protocolVersion}).`,
    "Update the older of the two. Listing, watching, pausing, resuming and stopping runs works meanwhile.",
  );
}

function unknownVerb(method: string): ResponseError<ErrorData> {
  const message = `The daemon has no verb "${method}".`;
  const next = "Use one of docs/protocol.md, or update Sparring if the verb is newer than this daemon.";
  return new ResponseError(ErrorCodes.MethodNotFound, message, { code: "protocol/unknown-verb", message, next });
}
