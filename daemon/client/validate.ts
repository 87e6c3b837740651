import { SparringError } from "../errors.ts";
import {
  type Method,
  type NotificationMethod,
  type NotificationParamsOf,
  notifications,
  type ResultOf,
  requests,
} from "../protocol.ts";

/**
 * A daemon's answer, as the protocol says it is.
 * @param isForeign the daemon is of another protocol version: only the core is spoken, and what is new in its answers must
 *   not be in the way
 * @throws SparringError `client/bad-answer`
 */
export function validAnswer<M extends Method>(method: M, answer: unknown, isForeign: boolean): ResultOf<M> {
  const parsed = requests[method].result.safeParse(answer);
  if (!parsed.success && isForeign) return answer as ResultOf<M>;
  if (!parsed.success) throw badAnswer(method, parsed.error.issues[0]);
  // The schema of a method gives its result; the compiler does not follow that through the table.
  return parsed.data as ResultOf<M>;
}

/** A daemon's notification, as the protocol says it is; undefined for any other. `isForeign` as in `validAnswer`. */
export function validNotification<M extends NotificationMethod = NotificationMethod>(
  method: string,
  params: unknown,
  isForeign: boolean,
): { readonly method: M; readonly params: NotificationParamsOf<M> } | undefined {
  if (!Object.hasOwn(notifications, method)) return undefined;
  const known = method as M;
  const parsed = notifications[known].params.safeParse(params);
  if (!parsed.success && !isForeign) return undefined;
  return { method: known, params: (parsed.data ?? params) as NotificationParamsOf<M> };
}

function badAnswer(method: Method, issue: { path: PropertyKey[]; message: string } | undefined): SparringError {
  const where = issue ? ` (\`${issue.path.map(String).join(".")}\`: ${issue.message})` : "";
  return new SparringError(
    "client/bad-answer",
    `The daemon's answer to ${method} is not as this program knows it${where}.`,
    "End the daemon with `sparring serve --stop`: the next command starts one of this version.",
  );
}
