import type { VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { EditorCommand } from "../../daemon/editor.ts";
import { KeyBar } from "../shared/key-bar.tsx";
import type { PanelProps } from "../shared/mount.tsx";
import { Empty, Failure, Loading } from "../shared/states.tsx";
import { inOrder, type LineageRun } from "./family.ts";
import { Graph } from "./graph.tsx";
import { Header } from "./header.tsx";
import { type Deeds, lineageKeys, useShiftArrows } from "./keys.ts";
import type { Axis } from "./scale.ts";
import { moved, type Point, placeOf, standing, type Wanted, weightsOf } from "./selection.ts";
import { SidePanel } from "./side-panel.tsx";
import { useRuns } from "./use-runs.ts";

/** What the panel leaves with the editor. */
interface Kept {
  readonly selected?: Point;
  readonly axis?: Axis;
}

/** All runs as a graph: who was forked from whom, at which round, with which settings changed. */
export function LineagePanel({ host, input, connection }: PanelProps<"lineage">): VNode {
  const { runs, problem, again } = useRuns(host, connection);
  const placed = useMemo(() => inOrder(runs ?? []), [runs]);
  const kept = useMemo(() => (host.state.get() ?? {}) as Kept, [host]);
  const [wanted, setWanted] = useState<Wanted | undefined>(kept.selected);
  const [marked, setMarked] = useState<Point>();
  const [axis, setAxis] = useState<Axis>(kept.axis ?? "even");
  useEffect(() => host.setTitle("Lineage"), [host]);
  // The editor shows a run: its newest round is selected, unless the panel comes back with another selection.
  const shown = useRef(kept.selected && input);
  useEffect(() => {
    if (input.run !== undefined && shown.current !== input) setWanted({ run: input.run });
    shown.current = input;
  }, [input]);
  const selected = useMemo(() => standing(placed, wanted), [placed, wanted]);
  useEffect(() => {
    if (selected) host.state.set({ selected, axis } satisfies Kept);
  }, [host, selected, axis]);

  const second = marked && placed.some(({ run }) => run.id === marked.run) ? standing(placed, marked) : undefined;
  const move = (key: string): void => selected && setWanted(moved(placed, selected, key));
  const mark = (key: string): void => {
    const from = second ?? selected;
    if (from) setMarked(moved(placed, from, key));
  };
  useShiftArrows(mark);
  const run = selected && placed.find(({ run: { id } }) => id === selected.run)?.run;
  const other = second && placed.find(({ run: { id } }) => id === second.run)?.run;
  const deeds = run && selected ? deedsOf(host.run, run, selected, other, second) : undefined;
  const bindings = lineageKeys({ move, deeds, unmark: () => setMarked(undefined), axis: () => setAxis(otherAxis) });

  return (
    <div class="lineage">
      <Header runs={runs ?? []} axis={axis} setAxis={setAxis} />
      <main class="lineage-main">
        {runs === undefined ? (
          problem ? (
            <Failure problem={problem} again={again} />
          ) : (
            <Loading what="runs" />
          )
        ) : runs.length === 0 ? (
          <Empty title="No runs yet">
            <p>A run starts the graph; each fork adds a branch to it.</p>
            <button type="button" class="primary" onClick={() => host.run("sparring.startExample", {})}>
              Start the example
            </button>
          </Empty>
        ) : (
          selected &&
          run && (
            <>
              <Graph
                placed={placed}
                axis={axis}
                selected={selected}
                marked={second}
                select={setWanted}
                mark={setMarked}
              />
              <SidePanel
                key={run.id}
                host={host}
                connection={connection}
                runs={runs}
                run={run}
                round={selected.round}
                marked={second && other && { run: other, round: second.round }}
                deeds={deeds!}
              />
            </>
          )
        )}
      </main>
      <KeyBar bindings={bindings} />
    </div>
  );
}

function otherAxis(axis: Axis): Axis {
  return axis === "even" ? "root" : "even";
}

/** What can be done with a selected point, as commands of the editor. */
function deedsOf(
  command: PanelProps<"lineage">["host"]["run"],
  run: LineageRun,
  { round }: Point,
  other: LineageRun | undefined,
  second: Point | undefined,
): Deeds {
  const place = placeOf(run, round);
  const weights = weightsOf(run, round);
  const at = (id: Extract<EditorCommand, "sparring.fork" | "sparring.chat" | "sparring.evaluate">) => () =>
    command(id, place);
  const hasRounds = run.end > run.start;
  return {
    fork: weights === "reference" ? undefined : at("sparring.fork"),
    compare: () =>
      command("sparring.compare", {
        ...place,
        ...(other && second && { against: { run: other.id, weights: weightsOf(other, second.round) } }),
      }),
    chat: at("sparring.chat"),
    evaluate: at("sparring.evaluate"),
    export: () => command("sparring.exportWeights", place),
    open: hasRounds ? () => command("sparring.openRounds", { run: run.id, round }) : undefined,
    resume: ["stopped", "failed", "interrupted", "paused"].includes(run.state)
      ? () => command("sparring.resume", { run: run.id })
      : undefined,
  };
}
