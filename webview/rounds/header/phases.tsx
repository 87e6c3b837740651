import type { VNode } from "preact";
import type { Progress } from "../../../daemon/protocol.ts";
import { count } from "../../shared/numbers.ts";

/** A round's phases in the order in which they are played; `evaluate` comes only every few rounds. */
const order = ["challenge", "solve", "judge", "reference", "update", "evaluate", "record"];

/** Of an imitation: nobody asks, and nobody judges. */
const imitationOrder = order.filter((phase) => phase !== "challenge" && phase !== "judge");

/** The phases of the round under way, the current one with its progress. */
export function Phases({
  progress,
  isImitation,
}: {
  readonly progress: Progress;
  readonly isImitation: boolean;
}): VNode {
  const { phase, done, total, round } = progress;
  const usual = isImitation ? imitationOrder : order;
  const names = phase === null || usual.includes(phase) ? usual : [...usual, phase];
  const now = phase === null ? -1 : names.indexOf(phase);
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const told = total > 1 ? ` ${count(done)}/${count(total)}` : "";
  return (
    <div
      class="phases"
      role="progressbar"
      aria-label={`Phase of round ${round}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * share)}
      aria-valuetext={phase === null ? "between rounds" : `${phase}${told}`}
    >
      {names.map((name, index) => (
        <span key={name} class={index < now ? "done" : index === now ? "now" : ""}>
          <i style={index === now ? { "--done": `${Math.round(100 * share)}%` } : undefined} />
          {name}
          {index === now && told && <b>{told}</b>}
        </span>
      ))}
    </div>
  );
}
