import type { EngineStatus } from "../../engine/engine.ts";
import { cpuSeconds } from "../../store/processes.ts";

/** When a phase counts as stuck. */
export interface Patience {
  /** So many times its median in recent rounds … */
  readonly factor: number;
  /** … and at least this long: short phases vary more. */
  readonly seconds: number;
  /** How often to look, seconds. */
  readonly every: number;
}

export const usualPatience: Patience = { factor: 5, seconds: 30, every: 5 };

/** A phase under way. */
export interface PhaseUnderWay {
  readonly name: string;
  readonly round: number;
  readonly seconds: number;
  /** Median of recent rounds; null before the first. */
  readonly usual: number | null;
}

/**
 * Notices that a phase takes far longer than it usually does, and says what the engine is doing. It never acts: a slow
 * machine is no reason to throw work away.
 */
export class WatchDog {
  readonly #patience: Pick<Patience, "factor" | "seconds">;
  #cpu: { readonly pid: number; readonly seconds: number; readonly at: number } | undefined;

  constructor(patience: Pick<Patience, "factor" | "seconds">) {
    this.#patience = patience;
  }

  /** @returns a sentence while the phase is stuck; call it every few seconds */
  look(phase: PhaseUnderWay | undefined, engine: EngineStatus): string | undefined {
    const work = this.#cpuSince(engine.pid);
    if (!phase || phase.usual === null) return undefined;
    const limit = Math.max(this.#patience.factor * phase.usual, this.#patience.seconds);
    if (phase.seconds <= limit) return undefined;
    const times =
      phase.usual > 0 ? `, ${Math.round(phase.seconds / phase.usual)} times its usual ${phase.usual.toFixed(1)} s` : "";
    return `Stuck in ${phase.name} of round ${phase.round} for ${phase.seconds.toFixed(0)} s${times}. ${describe(engine, work)}`;
  }

  /** Share of one core that the engine's process used since the last look, 0–…; undefined where the system does not tell. */
  #cpuSince(pid: number | undefined): number | undefined {
    const seconds = pid === undefined ? undefined : cpuSeconds(pid);
    const before = this.#cpu;
    const at = performance.now() / 1000;
    this.#cpu = pid === undefined || seconds === undefined ? undefined : { pid, seconds, at };
    if (seconds === undefined || !before || before.pid !== pid || at <= before.at) return undefined;
    return (seconds - before.seconds) / (at - before.at);
  }
}

function describe({ alive, pid, call, silentSeconds }: EngineStatus, work: number | undefined): string {
  if (!alive) return "The engine's process has ended.";
  const who = pid === undefined ? "The engine" : `The engine (process ${pid})`;
  const doing = call === undefined ? "has nothing to do" : `works on "${call}"`;
  const cpu = work === undefined ? "" : `, uses ${(100 * work).toFixed(0)} % of a core`;
  return `${who} ${doing}${cpu}, and last answered ${silentSeconds.toFixed(0)} s ago.`;
}
