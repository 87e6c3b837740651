import type { VNode } from "preact";
import type { Host } from "../../shared/messages.ts";
import { ModelText } from "../../shared/model-text.tsx";
import type { QueryRecord } from "../data/records.ts";

interface QueryLinksProps {
  readonly host: Host;
  readonly run: string;
  readonly round: number;
  readonly query: QueryRecord;
  /** The answer that is open: rated, and asked about. */
  readonly answer: number;
}

/** The end of a selected query's caption: what the verifier expects, and what can be done with the query. */
export function QueryLinks({ host, run, round, query, answer }: QueryLinksProps): VNode {
  const key = { run, round, query: query.index };
  const at = { ...key, answer };
  return (
    <>
      {query.expected !== undefined && (
        <span class="dim ell">
          verifier expects <ModelText text={query.expected} limit={60} />
        </span>
      )}
      <span class="links">
        <button type="button" class="link" onClick={() => host.run("sparring.rate", at)}>
          Rate
        </button>
        {" · "}
        <button type="button" class="link" onClick={() => host.run("sparring.why", at)}>
          Why this score
        </button>
        {" · "}
        <button type="button" class="link" onClick={() => host.run("sparring.playAgain", key)}>
          Play again
        </button>
      </span>
    </>
  );
}
