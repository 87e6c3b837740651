import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { Connection } from "../shared/host.ts";
import { memo } from "../shared/memo.ts";
import type { Host } from "../shared/messages.ts";
import { ModelText } from "../shared/model-text.tsx";
import { count, counted, fixed, signed } from "../shared/numbers.ts";
import { Empty } from "../shared/states.tsx";
import { AnswerList } from "./answers/answer-list.tsx";
import type { HeatKind } from "./answers/heat.ts";
import type { PlayedRound, QueryRecord, Rating } from "./data/records.ts";
import { useTokens } from "./data/use-tokens.ts";
import { QueryLinks } from "./queries/query-links.tsx";
import { meanOf } from "./queries/query-order.ts";
import { QueryTable } from "./queries/query-table.tsx";

interface RoundViewProps {
  readonly host: Host;
  readonly connection: Connection;
  readonly run: string;
  readonly played: PlayedRound;
  /** Its queries in the order in which they are shown, and the one that is open. */
  readonly queries: readonly QueryRecord[];
  readonly query: QueryRecord | undefined;
  readonly answer: number;
  readonly isOpen: boolean;
  readonly heat: HeatKind;
  readonly ratings: readonly Rating[];
  readonly verified: boolean;
  /** R = …, how the two rewards make the one that is learnt from. */
  readonly rewardFormula: VNode;
  readonly answerLimit: number;
  readonly onQuery: (index: number) => void;
  readonly onAnswer: (index: number) => void;
}

/** A round: its queries at the left, the selected one with its answers at the right. */
export const RoundView = memo(function RoundView(props: RoundViewProps): VNode {
  const { host, run, played, queries, query, ratings, verified, onQuery } = props;
  const { round } = played;
  const ofRound = useMemo(() => ratings.filter((rating) => rating.round === round), [ratings, round]);
  const admitted = queries.filter((one) => one.admitted);
  const answers = queries.reduce((sum, one) => sum + one.answers.length, 0);
  return (
    <div class="round">
      <section aria-label={`Queries of round ${round}`}>
        <div class="caption">
          <h2>Round {round}</h2>
          <span class="dim ell">
            {count(admitted.length)} of {counted(queries.length, "query", "queries")} admitted,{" "}
            {counted(answers, "answer")}, mean V <b>{fixed(meanOf(admitted.map(({ V }) => V)))}</b>
          </span>
          <button type="button" class="link" onClick={() => host.run("sparring.openRoundDocument", { run, round })}>
            Open as document
          </button>
        </div>
        {queries.length === 0 ? (
          <Empty title="No queries were played in this round">
            <p class="dim">It only measured the weights on held-out tasks.</p>
          </Empty>
        ) : (
          <QueryTable
            queries={queries}
            selected={query?.index ?? null}
            ratings={ofRound}
            verified={verified}
            onSelect={onQuery}
          />
        )}
      </section>
      {query && (
        <QueryDetails {...props} ofRound={ofRound} query={query} place={admitted.indexOf(query)} of={admitted.length} />
      )}
    </div>
  );
});

interface QueryDetailsProps extends RoundViewProps {
  readonly query: QueryRecord;
  readonly ofRound: readonly Rating[];
  /** Among the admitted queries, from 0; −1 for one that was not admitted. */
  readonly place: number;
  readonly of: number;
}

function QueryDetails(props: QueryDetailsProps): VNode {
  const { host, connection, run, played, query, ofRound, place, of, heat, answer, isOpen, verified } = props;
  const { round } = played;
  const key = { run, round, query: query.index };
  const tokens = useTokens(host, connection, key);
  const ratings = useMemo(() => ofRound.filter((rating) => rating.query === query.index), [ofRound, query]);
  return (
    <section class="details" aria-label="Selected query">
      <div class="caption">
        <h2>{place < 0 ? "Query, not admitted" : `Query ${place + 1} of ${of}`}</h2>
        <span class="ch">A {signed(query.advantage)} Challenger</span>
        <QueryLinks host={host} run={run} round={round} query={query} answer={answer} />
      </div>
      <div class="query-text">
        <ModelText text={query.text} lines limit={1200} showAll />
      </div>
      {query.answers.length === 0 ? (
        <p class="dim">
          {query.reason === undefined ? "Nobody answered it." : <ModelText text={query.reason} />}
          {!query.admitted && " Queries that are not admitted are not answered."}
        </p>
      ) : (
        <>
          <AnswerList
            key={`${round} ${query.index}`}
            query={query}
            tokens={tokens}
            ratings={ratings}
            verified={verified}
            heat={heat}
            limit={props.answerLimit}
            selected={answer}
            isOpen={isOpen}
            onSelect={props.onAnswer}
          />
          <Legend heat={heat} rewardFormula={props.rewardFormula} />
        </>
      )}
    </section>
  );
}

function Legend({ heat, rewardFormula }: { readonly heat: HeatKind; readonly rewardFormula: VNode }): VNode {
  return (
    <p class="legend s dim">
      {heat === "logprob" ? (
        <>
          <span>token log-probability 0</span>
          <i class="ramp" />
          <span>−5 nat or less</span>
        </>
      ) : (
        <>
          <span>advantage 0</span>
          <i class="ramp" />
          <span>greatest; underlined: negative</span>
        </>
      )}
      <span class="formula">{rewardFormula} · ■ criterion met □ not met</span>
    </p>
  );
}
