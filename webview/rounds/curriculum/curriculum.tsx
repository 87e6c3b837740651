import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Connection } from "../../shared/host.ts";
import { memo } from "../../shared/memo.ts";
import type { Host } from "../../shared/messages.ts";
import { ModelText } from "../../shared/model-text.tsx";
import { counted, fixed } from "../../shared/numbers.ts";
import { Failure, Loading } from "../../shared/states.tsx";
import type { PlayedRound } from "../data/records.ts";
import { useRounds } from "../data/use-round.ts";
import { hardestFirst, meanOf } from "../queries/query-order.ts";

interface CurriculumProps {
  readonly host: Host;
  readonly connection: Connection;
  readonly run: string;
  /** The rounds side by side. */
  readonly rounds: readonly number[];
  readonly first: number;
  readonly last: number;
  readonly onRounds: (rounds: readonly number[]) => void;
  readonly onOpen: (round: number, query: number) => void;
}

/** What the Challenger asked at some rounds, side by side: the queries of each, the hardest first. */
export const Curriculum = memo(function Curriculum(props: CurriculumProps): VNode {
  const { host, connection, run, rounds, first, last, onRounds, onOpen } = props;
  const played = useRounds(host, connection, run, rounds);
  return (
    <section class="curriculum" aria-label="Curriculum">
      <div class="caption">
        <h2>Curriculum</h2>
        <span class="dim">the queries of rounds of your choice, the hardest first, each with its V</span>
      </div>
      {played.problem ? (
        <Failure problem={played.problem} />
      ) : (
        <div class="curriculum-columns">
          {rounds.map((round, place) => (
            <Column
              key={place}
              round={round}
              played={played.rounds.get(round)}
              first={first}
              last={last}
              onRound={(chosen) => onRounds(rounds.map((other, index) => (index === place ? chosen : other)))}
              onOpen={onOpen}
            />
          ))}
        </div>
      )}
    </section>
  );
});

interface ColumnProps {
  readonly round: number;
  readonly played: PlayedRound | undefined;
  readonly first: number;
  readonly last: number;
  readonly onRound: (round: number) => void;
  readonly onOpen: (round: number, query: number) => void;
}

const page = 60;

function Column({ round, played, first, last, onRound, onOpen }: ColumnProps): VNode {
  const [rows, setRows] = useState(page);
  const queries = hardestFirst(played?.queries ?? []);
  const admitted = queries.filter((query) => query.admitted);
  return (
    <section class="curriculum-column" aria-label={`Round ${round}`}>
      <label>
        <b>Round</b>{" "}
        <input
          type="number"
          min={first}
          max={last}
          value={round}
          onChange={(event) => {
            const chosen = event.currentTarget.valueAsNumber;
            if (Number.isInteger(chosen)) onRound(Math.min(last, Math.max(first, chosen)));
          }}
        />
      </label>
      {!played ? (
        <Loading what={`round ${round}`} />
      ) : (
        <>
          <p class="s dim">
            {admitted.length} of {counted(queries.length, "query", "queries")} admitted, mean V{" "}
            <b>{fixed(meanOf(admitted.map(({ V }) => V)))}</b>
          </p>
          <ol>
            {queries.slice(0, rows).map((query) => (
              <li key={query.index} class={query.admitted ? "" : "dropped"}>
                <button type="button" class="bare" onClick={() => onOpen(round, query.index)}>
                  <V value={query.admitted ? query.V : null} />
                  <span class="text">
                    {query.admitted ? (
                      <ModelText text={query.text} limit={300} />
                    ) : (
                      <s>
                        <ModelText text={query.text} limit={300} />
                      </s>
                    )}
                  </span>
                </button>
              </li>
            ))}
          </ol>
          {rows < queries.length && (
            <button type="button" class="link" onClick={() => setRows(rows + page)}>
              show {Math.min(page, queries.length - rows)} more
            </button>
          )}
        </>
      )}
    </section>
  );
}

/** V as a number over a bar from 0 to 1. */
function V({ value }: { readonly value: number | null }): VNode {
  return (
    <span class="v num">
      {fixed(value)}
      <svg width={26} height={3} aria-hidden="true">
        <rect class="extent" width={26} height={3} />
        <rect class="challenger" width={26 * Math.min(1, Math.max(0, value ?? 0))} height={3} />
      </svg>
    </span>
  );
}
