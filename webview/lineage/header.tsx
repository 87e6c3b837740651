import type { VNode } from "preact";
import { ModelText } from "../shared/model-text.tsx";
import { bytes, counted } from "../shared/numbers.ts";
import { type LineageRun, modelsOf } from "./family.ts";
import type { Axis } from "./scale.ts";

interface HeaderProps {
  readonly runs: readonly LineageRun[];
  readonly axis: Axis;
  readonly setAxis: (axis: Axis) => void;
}

/** What the graph holds, and how to read its lines. */
export function Header({ runs, axis, setAxis }: HeaderProps): VNode {
  const checkpoints = runs.flatMap((run) => run.checkpoints);
  const [model, ...others] = modelsOf(runs);
  return (
    <header class="lineage-head">
      <h1>Lineage</h1>
      {model !== undefined && (
        <span class="ell model">
          <ModelText text={model} limit={80} />
          {others.length > 0 && ` and ${counted(others.length, "other model")}`}
        </span>
      )}
      {runs.length > 0 && (
        <>
          <span class="dim">
            {counted(runs.length, "run")}, {counted(checkpoints.length, "checkpoint")},{" "}
            {bytes(checkpoints.reduce((sum, each) => sum + each.bytes, 0))}
          </span>
          <span class="dim legend">
            <span class="so">━</span> held-out accuracy <span class="key-dots">┅</span> its parent over the same rounds
          </span>
          <span class="axis-choice">
            <button
              type="button"
              aria-pressed={axis === "root"}
              title="Stretched: early rounds are wider, for short runs beside a long one"
              onClick={() => setAxis(axis === "even" ? "root" : "even")}
            >
              Axis: {axis === "even" ? "even rounds" : "early rounds wider"} <kbd>A</kbd>
            </button>
          </span>
        </>
      )}
    </header>
  );
}
