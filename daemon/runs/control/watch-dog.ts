import type { EngineStatus } from "../../engine/engine.ts";
import { cpuSeconds } from "../../store/processes.ts";

/** When a phase counts as stuck, and an engine as hung. */
export interface Patience {
  /** So many times its median in recent rounds … */
  readonly factor: number;
  /** … and at least this long: short phases vary more. */
  readonly seconds: number;
  /** How often to look, seconds. */
  readonly every: number;
  /** An engine whose process does nothing hangs when it was silent for so many times the phase's median, and at least so long. */
  readonly hang: { readonly factor: number; readonly seconds: number };
}

export const usualPatience: Patience = { factor: 5, seconds: 30, every: 5, hang: { factor: 20, seconds: 600 } };

/** A process that uses less of one core does nothing: what it may still do is tell that it is there. */
const idleShare = 0.05;

/** A process that works may be in a long computation, or wait for a GPU in a loop: it is given so many times as long. */
const busyTimes = 6;

/** A phase under way. */
export interface PhaseUnderWay {
  readonly name: string;
  readonly round: number;
  readonly seconds: number;
  /** Median of recent rounds; null before the first. */
  readonly usual: number | null;
}

/**
 * Notices that a phase takes far longer than it usually does, and says what the engine is doing; and when an engine has been silent
 * for so long that waiting is pointless. It never acts itself: a slow machine is no reason to throw work away.
 */
export class WatchDog {
  readonly #patience: Pick<Patience, "factor" | "seconds" | "hang">;
  #cpu: CpuTime | undefined;
  /** CPU time when the engine had last answered, as far as it was looked at. */
  #lastWord: (CpuTime & { readonly silentSeconds: number }) | undefined;

  constructor(patience: Pick<Patience, "factor" | "seconds" | "hang">) {
    this.#patience = patience;
  }

  /** @returns a sentence while the phase is stuck; call it every few seconds */
  look(phase: PhaseUnderWay | undefined, engine: EngineStatus): string | undefined {
    const before = this.#cpu;
    this.#cpu = cpuTime(engine.pid);
    const work = share(before, this.#cpu);
    if (!phase || phase.usual === null) return undefined;
    const limit = Math.max(this.#patience.factor * phase.usual, this.#patience.seconds);
    if (phase.seconds <= limit) return undefined;
    const times =
      phase.usual > 0 ? `, ${Math.round(phase.seconds / phase.usual)} times its usual ${phase.usual.toFixed(1)} s` : "";
    return `Stuck in ${phase.name} of round ${phase.round} for ${phase.seconds.toFixed(0)} s${times}. ${describe(engine, work)}`;
  }

  /**
   * @param usual the median of the phase under way, seconds; null before the first
   * @returns why the engine counts as hung, as a sentence; undefined while it does not. Call it every few seconds
   */
  hung(usual: number | null, engine: EngineStatus): string | undefined {
    const { alive, call, silentSeconds, pid } = engine;
    const now = cpuTime(pid);
    const before = this.#lastWord;
    const isSilence = before !== undefined && before.pid === pid && silentSeconds >= before.silentSeconds;
    this.#lastWord = isSilence ? { ...before, silentSeconds } : now && { ...now, silentSeconds };
    if (!alive || call === undefined) return undefined;
    const work = isSilence ? share(before, now) : undefined;
    const limit = Math.max(this.#patience.hang.factor * (usual ?? 0), this.#patience.hang.seconds);
    const isIdle = work !== undefined && work < idleShare;
    if (silentSeconds < (isIdle ? limit : busyTimes * limit)) return undefined;
    const cpu = work === undefined ? "" : `, in which its process used ${(100 * work).toFixed(0)} % of a core`;
    return `it has not answered to "${call}" for ${silentSeconds.toFixed(0)} s${cpu}.`;
  }
}

/** CPU seconds of a process at a time, seconds. */
interface CpuTime {
  readonly pid: number;
  readonly seconds: number;
  readonly at: number;
}

/** Undefined where there is no process, or the system does not tell. */
function cpuTime(pid: number | undefined): CpuTime | undefined {
  const seconds = pid === undefined ? undefined : cpuSeconds(pid);
  return pid === undefined || seconds === undefined ? undefined : { pid, seconds, at: performance.now() / 1000 };
}

/** Share of one core that a process used between two looks, 0–…; undefined where they tell nothing. */
function share(before: CpuTime | undefined, now: CpuTime | undefined): number | undefined {
  if (!before || !now || before.pid !== now.pid || now.at <= before.at) return undefined;
  return (now.seconds - before.seconds) / (now.at - before.at);
}

function describe({ alive, pid, call, silentSeconds }: EngineStatus, work: number | undefined): string {
  if (!alive) return "The engine's process has ended.";
  const who = pid === undefined ? "The engine" : `The engine (process ${pid})`;
  const doing = call === undefined ? "has nothing to do" : `works on "${call}"`;
  const cpu = work === undefined ? "" : `, uses ${(100 * work).toFixed(0)} % of a core`;
  return `${who} ${doing}${cpu}, and last answered ${silentSeconds.toFixed(0)} s ago.`;
}
