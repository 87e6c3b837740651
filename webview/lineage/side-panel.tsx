import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useAnswer } from "../shared/answer.ts";
import type { Connection } from "../shared/host.ts";
import type { Host } from "../shared/messages.ts";
import { ModelText } from "../shared/model-text.tsx";
import { bytes, counted, fixed, percent } from "../shared/numbers.ts";
import { visibleText } from "../shared/visible.ts";
import { type Facts, factMetrics, factsAt } from "./facts.ts";
import { type LineageRun, wayTo } from "./family.ts";
import type { Deeds } from "./keys.ts";
import { weightsOf } from "./selection.ts";

interface SidePanelProps {
  readonly host: Host;
  readonly connection: Connection;
  readonly runs: readonly LineageRun[];
  readonly run: LineageRun;
  readonly round: number;
  readonly marked: { readonly run: LineageRun; readonly round: number } | undefined;
  readonly deeds: Deeds;
}

/** The selected point: what can be done with it, what was measured, and the settings on the way to it. */
export function SidePanel({ host, connection, runs, run, round, marked, deeds }: SidePanelProps): VNode {
  const series = useAnswer(host, connection, "sparring/round/series", {
    run: run.id,
    metrics: [...factMetrics],
  });
  const { again } = series;
  const end = useRef(run.end);
  useEffect(() => {
    if (end.current !== run.end) again();
    end.current = run.end;
  }, [run.end, again]);
  const checkpoint = run.checkpoints.find((each) => each.round === round);
  const words = checkpoint
    ? `checkpoint, ${bytes(checkpoint.bytes)}`
    : weightsOf(run, round) === "reference"
      ? "the base model"
      : "newest weights, no checkpoint of their own";
  return (
    <aside class="side" aria-label="Selected point">
      <div>
        <h2 class="ell">
          <ModelText text={run.name} limit={60} />, round {round}
        </h2>
        <p class="aside" role="status">
          {visibleText(run.name)}, round {round}, {words}
        </p>
        <div class="s dim">{words}</div>
        <div class="s dim ell">
          <ModelText text={run.model} limit={80} />
        </div>
      </div>
      <Buttons deeds={deeds} marked={marked} />
      {run.state === "failed" && (
        <p class="s warn">
          ▲ <ModelText text={run.words} limit={400} />
        </p>
      )}
      {series.value && <FactTable facts={factsAt(series.value, round)} round={round} />}
      <Way runs={runs} run={run} />
    </aside>
  );
}

function Buttons({ deeds, marked }: Pick<SidePanelProps, "deeds" | "marked">): VNode {
  return (
    <div class="deeds">
      <Deed name="Fork…" shortcut="F" run={deeds.fork} primary />
      <Deed name="Compare…" shortcut="C" run={deeds.compare} />
      <Deed name="Chat" shortcut="T" run={deeds.chat} />
      <Deed name="Evaluate" shortcut="E" run={deeds.evaluate} />
      <Deed name="Export…" shortcut="X" run={deeds.export} />
      <Deed name="Rounds" shortcut="Enter" run={deeds.open} />
      {deeds.resume && <Deed name="Resume" shortcut="R" run={deeds.resume} />}
      <p class="s dim with">
        {marked ? (
          <>
            compares with <ModelText text={marked.run.name} limit={40} />, round {marked.round}
          </>
        ) : (
          "Shift+arrows or Shift+click mark a second point"
        )}
      </p>
    </div>
  );
}

interface DeedProps {
  readonly name: string;
  readonly shortcut: string;
  readonly run: (() => void) | undefined;
  readonly primary?: boolean;
}

function Deed({ name, shortcut, run, primary }: DeedProps): VNode {
  return (
    <button type="button" class={primary ? "primary" : ""} disabled={run === undefined} onClick={run}>
      {name} <kbd>{shortcut}</kbd>
    </button>
  );
}

function FactTable({ facts, round }: { readonly facts: Facts; readonly round: number }): VNode | null {
  const { heldOut, rows } = facts;
  if (!heldOut && rows.length === 0) return null;
  return (
    <table class="facts">
      <caption>
        at round {round}
        {heldOut?.tasks && `, held-out interval 95 %, ${counted(heldOut.tasks, "task")}`}
      </caption>
      <tbody>
        {heldOut && (
          <tr>
            <th scope="row">held-out</th>
            <td class="num">{percent(heldOut.estimate.value, 1)}</td>
            <td class="s dim">
              {heldOut.tasks !== null && `${fixed(100 * heldOut.estimate.low, 1)}–${percent(heldOut.estimate.high, 1)}`}
              {heldOut.round !== round && ` at round ${heldOut.round}`}
            </td>
          </tr>
        )}
        {rows.map(({ label, value, digits, unit }) => (
          <tr key={label}>
            <th scope="row">{label === "R_Q, judge" ? <RQ /> : label}</th>
            <td class="num">{fixed(value, digits)}</td>
            <td class="s dim ell">{unit}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function RQ(): VNode {
  return (
    <>
      R<sub>Q</sub>, judge
    </>
  );
}

/** Each run from the base down to this one, with the settings that it changed. */
function Way({ runs, run }: Pick<SidePanelProps, "runs" | "run">): VNode {
  return (
    <section class="way" aria-label="Settings changed on the way from the base model">
      <h3>settings changed on the way from the base</h3>
      {wayTo(runs, run.id).map((each) => (
        <div key={each.id} class="step s">
          <span class="ell">
            <ModelText text={each.name} limit={60} />
          </span>
          <div>
            {each.changes.length === 0 && (
              <span class="dim">
                {each.parent ? `none, from round ${each.start}` : `starts with ${each.algorithm}`}
              </span>
            )}
            {each.changes.map(({ key, from, to }) => (
              <div key={key}>
                <ModelText text={key} limit={80} />{" "}
                <span class="dim">
                  <ModelText text={from} limit={200} />
                </span>{" "}
                <b>
                  → <ModelText text={to} limit={200} />
                </b>
              </div>
            ))}
          </div>
        </div>
      ))}
    </section>
  );
}
