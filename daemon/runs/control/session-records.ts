import { SparringError } from "../../errors.ts";
import type { LogLevel } from "../../store/log-line.ts";
import type { RunLog } from "../../store/run-log.ts";
import { EventFile } from "../../store/tensorboard/event-file.ts";
import type { RunEvent } from "../events.ts";

/** What a session leaves for people and for other tools beside its rounds: the run's log, and TensorBoard's files. */
export class SessionRecords {
  readonly #log: RunLog;
  #events: EventFile | undefined;

  constructor(log: RunLog) {
    this.#log = log;
  }

  write(level: LogLevel, message: string): void {
    this.#log.write(level, message);
  }

  accept(event: RunEvent): void {
    if (event.type === "started") {
      const { run, dir, firstRound, rounds, device, warnings, history } = event;
      this.write("info", `Training from round ${firstRound} to ${rounds} on ${device}, pid ${process.pid}.`);
      this.write("debug", `Versions ${JSON.stringify(run.versions)}, engine ${JSON.stringify(run.fingerprint)}.`);
      for (const warning of warnings) this.write("warn", warning);
      this.#events = EventFile.begin(dir, history, (error) => this.write("warn", `TensorBoard's file: ${error}`));
    }
    if (event.type === "notice") {
      const { code, message, next } = event.notice;
      this.write("warn", `${message} (${code}) ${next}`);
    }
    if (event.type === "round") {
      const { round, seconds, metrics, notes, alarms = [] } = event.record;
      this.#events?.append(event.record);
      this.write("debug", `Round ${round} took ${seconds.toFixed(2)} s. ${summaryOf(metrics)}`);
      const accuracy = metrics["eval/accuracy"];
      if (accuracy != null) this.write("info", `Round ${round}: held-out accuracy ${(100 * accuracy).toFixed(1)} %.`);
      for (const note of notes) this.write("info", `Round ${round}: ${note}`);
      for (const { kind, sentence } of alarms) this.write("warn", `Round ${round}: alarm (${kind}). ${sentence}`);
    }
    if (event.type === "finished") this.write("info", `Finished after round ${event.rounds}.`);
  }

  /** Writes down what an error says, in full: of an engine's death also the stacks that it left. */
  failed(error: unknown): void {
    if (error instanceof SparringError) this.write("error", `${error.message} (${error.code}) ${error.next}`);
    else this.write("error", error instanceof Error ? (error.stack ?? error.message) : String(error));
  }

  async close(): Promise<void> {
    await this.#events?.close();
    await this.#log.close();
  }
}

/** The metrics that are watched most. */
function summaryOf(metrics: Readonly<Record<string, number | null>>): string {
  return ["solver/reward", "challenger/difficulty", "solver/kl", "grad_norm"]
    .flatMap((name) => (metrics[name] == null ? [] : [`${name} ${metrics[name].toPrecision(3)}`]))
    .join(", ");
}
