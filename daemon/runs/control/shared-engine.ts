import type {
  AdamParams,
  Capabilities,
  Completion,
  Engine,
  EngineStatus,
  ExportFormat,
  GradientOf,
  ModelRef,
  OpenOptions,
  PolicyId,
  SampleOptions,
  SampleRequest,
  Sequence,
  StepStats,
  TemperatureOptions,
  UpdateStats,
} from "../../engine/engine.ts";
import type { Device } from "./device.ts";
import type { Gate } from "./gate.ts";

/**
 * A run's engine, as its loop sees it: the same interface, but calls can be held (pause) and take turns with interactive work.
 * The loop notices neither. A call that is cut off by a pause is made again afterwards; because an engine's contract says that
 * "abort then retry equals a clean run", and because no randomness depends on time, the result is the same, bit for bit.
 * Memory stays as it is: weights, moments, snapshots, and what was drawn before.
 */
export class SharedEngine implements Engine {
  readonly #engine: Engine;
  readonly #device: Device;
  readonly #gate: Gate;
  /** The updates since the last step, to be made again when one of them was cut off: discarding takes all of them back. */
  #accumulated: ((signal: AbortSignal) => Promise<UpdateStats>)[] = [];
  #isTorn = false;

  constructor(engine: Engine, device: Device, gate: Gate) {
    this.#engine = engine;
    this.#device = device;
    this.#gate = gate;
  }

  get capabilities(): Capabilities {
    return this.#engine.capabilities;
  }

  open(model: ModelRef, options?: OpenOptions): Promise<void> {
    return this.#engine.open(model, options);
  }

  sample(requests: readonly SampleRequest[], options: SampleOptions): Promise<Completion[]> {
    return this.#held((signal) => this.#engine.sample(requests, { ...options, signal }), options);
  }

  logprobs(
    sequences: readonly Sequence[],
    options: TemperatureOptions & { readonly policy: PolicyId },
  ): Promise<Float32Array[]> {
    return this.#held((signal) => this.#engine.logprobs(sequences, { ...options, signal }), options);
  }

  update(
    batch: readonly Sequence[],
    coefficients: readonly Float32Array[],
    options: TemperatureOptions,
  ): Promise<UpdateStats> {
    return this.#accumulate((signal) => this.#engine.update(batch, coefficients, { ...options, signal }), options);
  }

  updateUnits(
    batch: readonly Sequence[],
    units: readonly (readonly number[])[],
    gradient: GradientOf,
    options: TemperatureOptions,
  ): Promise<UpdateStats> {
    const update = (signal: AbortSignal): Promise<UpdateStats> =>
      this.#engine.updateUnits(batch, units, gradient, { ...options, signal });
    return this.#accumulate(update, options);
  }

  async step(adam: AdamParams): Promise<StepStats> {
    const stats = await this.#held(() => this.#engine.step(adam));
    this.#accumulated = [];
    return stats;
  }

  async discard(): Promise<void> {
    await this.#unheld(() => this.#engine.discard());
    this.#accumulated = [];
    this.#isTorn = false;
  }

  snapshot(): Promise<PolicyId> {
    return this.#unheld(() => this.#engine.snapshot());
  }

  release(policy: PolicyId): Promise<void> {
    return this.#unheld(() => this.#engine.release(policy));
  }

  // A pause holds what computes. A finished round is still made durable: its owner expects it on disk.
  save(dir: string): Promise<void> {
    return this.#unheld(() => this.#engine.save(dir));
  }

  load(dir: string): Promise<void> {
    return this.#unheld(() => this.#engine.load(dir));
  }

  export(dir: string, format: ExportFormat): Promise<void> {
    return this.#unheld(() => this.#engine.export(dir, format));
  }

  status(): EngineStatus {
    return this.#engine.status();
  }

  kill(why: string): Promise<void> {
    return this.#engine.kill(why);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  #held<T>(call: (signal: AbortSignal) => Promise<T>, options: HeldOptions = {}): Promise<T> {
    return this.#gate.pass((signal) => this.#device.train(() => call(signal), signal), options);
  }

  #unheld<T>(call: () => Promise<T>): Promise<T> {
    return this.#device.train(call, never);
  }

  async #accumulate(
    update: (signal: AbortSignal) => Promise<UpdateStats>,
    { signal: own }: TemperatureOptions,
  ): Promise<UpdateStats> {
    const retry = (): void => {
      this.#isTorn = true;
    };
    const stats = await this.#held(
      async (signal) => {
        if (this.#isTorn) {
          await this.#engine.discard();
          for (const earlier of this.#accumulated) await earlier(signal);
          this.#isTorn = false;
        }
        return update(signal);
      },
      { signal: own, retry },
    );
    this.#accumulated.push(update);
    return stats;
  }
}

interface HeldOptions {
  readonly signal?: AbortSignal | undefined;
  readonly retry?: () => void;
}

/** For calls that nobody cancels. */
const never = new AbortController().signal;
