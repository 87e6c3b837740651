import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { Alarm } from "../../daemon/protocol.ts";
import { memo } from "../shared/memo.ts";
import { ModelText } from "../shared/model-text.tsx";
import { count, counted, signed } from "../shared/numbers.ts";
import { Empty } from "../shared/states.tsx";
import { AlarmNotice } from "./alarms/alarm-notice.tsx";
import { type Naming, namings, unnamed } from "./alarms/run-alarms.ts";
import { AnswerList } from "./answers/answer-list.tsx";
import type { HeatKind } from "./answers/heat.ts";
import type { JudgeNames } from "./data/judges.ts";
import type { QueryRecord, Rating } from "./data/records.ts";
import { type RewardRange, rewardText } from "./data/reward-range.ts";
import { useTokens } from "./data/use-tokens.ts";
import { QueryLinks } from "./queries/query-links.tsx";
import { meanOf } from "./queries/query-order.ts";
import { QueryTable } from "./queries/query-table.tsx";
import type { RoundProps } from "./round-props.ts";

interface RoundViewProps extends RoundProps {
  readonly ratings: readonly Rating[];
  /** Those that began with this round. */
  readonly alarms: readonly Alarm[];
  readonly verified: boolean;
  readonly judges: JudgeNames;
  /** Of R, and so of V. */
  readonly range: RewardRange;
  /** R = …, how the two rewards make the one that is learnt from. */
  readonly rewardFormula: VNode;
  readonly onSample: (sample: Alarm["samples"][number]) => void;
}

/** A round: its queries at the left, the selected one with its answers at the right. */
export const RoundView = memo(function RoundView(props: RoundViewProps): VNode {
  const { host, run, played, queries, query, ratings, alarms, verified, range, onQuery, onSample } = props;
  const { round } = played;
  const ofRound = useMemo(() => ratings.filter((rating) => rating.round === round), [ratings, round]);
  const named = useMemo(() => namings(alarms), [alarms]);
  const admitted = queries.filter((one) => one.admitted);
  const answers = queries.reduce((sum, one) => sum + one.answers.length, 0);
  return (
    <div class="round">
      <section aria-label={`Queries of round ${round}`}>
        <div class="caption">
          <h2>Round {round}</h2>
          <span class="dim ell">
            {count(admitted.length)} of {counted(queries.length, "query", "queries")} admitted,{" "}
            {counted(answers, "answer")}, mean V <b>{rewardText(meanOf(admitted.map(({ V }) => V)), range)}</b>
          </span>
          <button type="button" class="link" onClick={() => host.run("sparring.openRoundDocument", { run, round })}>
            Open as document
          </button>
        </div>
        {alarms.length > 0 && <AlarmNotice alarms={alarms} queries={queries} onSample={onSample} />}
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
            range={range}
            namings={named}
            onSelect={onQuery}
          />
        )}
      </section>
      {query && (
        <QueryDetails
          {...props}
          ofRound={ofRound}
          named={named.get(query.index) ?? unnamed}
          query={query}
          place={admitted.indexOf(query)}
          of={admitted.length}
        />
      )}
    </div>
  );
});

interface QueryDetailsProps extends RoundViewProps {
  readonly query: QueryRecord;
  readonly ofRound: readonly Rating[];
  /** The alarms that name the query or its answers. */
  readonly named: readonly Naming[];
  /** Among the admitted queries, from 0; −1 for one that was not admitted. */
  readonly place: number;
  readonly of: number;
}

function QueryDetails(props: QueryDetailsProps): VNode {
  const { host, connection, run, played, query, ofRound, named, place, of, heat, answer, isOpen } = props;
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
            verified={props.verified}
            judges={props.judges}
            range={props.range}
            namings={named}
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
