import { useAnswer } from "../../shared/answer.ts";
import type { Connection } from "../../shared/host.ts";
import type { Host } from "../../shared/messages.ts";

/** Tokens of a query's answers as text; undefined until they are here, and for good where the daemon can't tell. */
export function useTokens(
  host: Host,
  connection: Connection,
  at: { readonly run: string; readonly round: number; readonly query: number },
): readonly (readonly string[])[] | undefined {
  const { value, loading } = useAnswer(host, connection, "sparring/round/tokens", at);
  return loading ? undefined : value?.answers;
}
