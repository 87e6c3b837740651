import type { VNode } from "preact";
import { memo } from "../../shared/memo.ts";
import { ModelText } from "../../shared/model-text.tsx";
import { counted, signed } from "../../shared/numbers.ts";
import { Empty } from "../../shared/states.tsx";
import { fullRatio, type HeatKind } from "../answers/heat.ts";
import type { QueryRecord } from "../data/records.ts";
import { useTokens } from "../data/use-tokens.ts";
import { QueryLinks } from "../queries/query-links.tsx";
import { greatest, meanOf } from "../queries/query-order.ts";
import type { RoundProps } from "../round-props.ts";
import { marginOf } from "./pair-order.ts";
import { pairRemarks } from "./pair-remarks.ts";
import { PairSide } from "./pair-side.tsx";
import { PairTable } from "./pair-table.tsx";

/** A round of imitation: its examples at the left, the answers of the selected one side by side at the right. */
export const PairRound = memo(function PairRound(props: RoundProps): VNode {
  const { host, run, played, queries, query, onQuery } = props;
  const { round } = played;
  const margin = meanOf(queries.map(marginOf));
  const skipped = queries.filter((one) => one.answers.every(({ advantage }) => advantage === 0)).length;
  return (
    <div class="round">
      <section aria-label={`Queries of round ${round}`}>
        <div class="caption">
          <h2>Round {round}</h2>
          <span class="dim ell">
            {counted(queries.length, "record")}
            {skipped > 0 && `, ${skipped} skipped`}
            {margin !== null && (
              <>
                , mean margin <b>{signed(margin, 3)}</b>
              </>
            )}
          </span>
          <button type="button" class="link" onClick={() => host.run("sparring.openRoundDocument", { run, round })}>
            Open as document
          </button>
        </div>
        {queries.length === 0 ? (
          <Empty title="Nothing was imitated in this round">
            <p class="dim">It only measured the weights on what is held out.</p>
          </Empty>
        ) : (
          <PairTable queries={queries} selected={query?.index ?? null} onSelect={onQuery} />
        )}
      </section>
      {query && <PairDetails {...props} query={query} />}
    </div>
  );
});

function PairDetails(props: RoundProps & { readonly query: QueryRecord }): VNode {
  const { host, connection, run, played, queries, query, answer, isOpen, heat, answerLimit, onAnswer } = props;
  const { round } = played;
  const key = { run, round, query: query.index };
  const tokens = useTokens(host, connection, key);
  const margin = marginOf(query);
  const [first, second] = query.answers.map(({ role }) => role);
  const full = greatest(
    query.answers.map(({ advantage }) => advantage),
    0.001,
  );
  return (
    <section class="details" aria-label="Selected query">
      <div class="caption">
        <h2>
          Query {queries.indexOf(query) + 1} of {queries.length}
        </h2>
        {margin !== null && (
          <span>
            margin <b>{signed(margin, 3)}</b>
          </span>
        )}
        <QueryLinks host={host} run={run} round={round} query={query} answer={answer} />
      </div>
      <div class="query-text">
        <ModelText text={query.text} lines limit={1200} showAll />
      </div>
      {pairRemarks(query).map(({ kind, sentence }) => (
        <p key={kind} class="s group-remark">
          {sentence}
        </p>
      ))}
      <ol
        key={`${round} ${query.index}`}
        class="answers sides scrolls"
        style={{ "--answers": String(Math.max(1, query.answers.length)) }}
      >
        {query.answers.map((record, index) => (
          <PairSide
            key={record.role}
            answer={record}
            index={index}
            line={query.line}
            tokens={tokens?.[index]}
            heat={heat}
            full={full}
            limit={answerLimit}
            isSelected={index === answer}
            isOpen={isOpen}
            onSelect={onAnswer}
          />
        ))}
      </ol>
      <Legend heat={heat} formula={margin === null ? undefined : `margin = r(${first}) − r(${second})`} />
    </section>
  );
}

function Legend({ heat, formula }: { readonly heat: HeatKind; readonly formula: string | undefined }): VNode {
  return (
    <p class="legend s dim">
      {heat === "ratio" ? (
        <>
          <span>token log-ratio 0</span>
          <i class="ramp" />
          <span>{fullRatio} nat or more; underlined: less likely than to the reference</span>
        </>
      ) : (
        <>
          <span>token log-probability 0</span>
          <i class="ramp" />
          <span>−5 nat or less</span>
        </>
      )}
      {formula && (
        <span class="formula">
          D = log π − log π<sub>ref</sub> · {formula}
        </span>
      )}
    </p>
  );
}
