import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Program } from "../llama/programs.ts";

/** A program that ONNX Runtime has loaded. */
export interface LoadedProgram {
  /**
   * Runs it. Typed arrays are read in place (no copy); every output is copied out.
   * `run` blocks this process's event loop, which is why engines live in a process of their own.
   */
  run(feeds: Readonly<Record<string, Tensor>>, weights: ReadonlyMap<string, Tensor>): Promise<Outputs>;
  /** Frees its memory. */
  release(): Promise<void>;
}

export type Outputs = Readonly<Record<string, Tensor>>;

/** Loaded programs that are kept, at most. */
const capacity = 48;

/**
 * Loads programs and keeps the last used ones by key, because building one takes longer than running it. Calls
 * come one at a time, so a program that is dropped is not running.
 */
export class SessionCache {
  readonly #sessions = new Map<string, LoadedProgram>();
  readonly #threads: number;
  readonly #keepMemory: boolean;

  /**
   * @param threads    threads of ONNX Runtime within one operator
   * @param keepMemory every program keeps the memory of its largest run for its next; otherwise it is given back
   */
  constructor(threads: number, keepMemory = true) {
    this.#threads = threads;
    this.#keepMemory = keepMemory;
  }

  async get(key: string, build: () => Program): Promise<LoadedProgram> {
    const program = this.#sessions.get(key) ?? (await this.#load(build()));
    // A map remembers the order of insertion: the first key is the one that was not used for longest.
    this.#sessions.delete(key);
    this.#sessions.set(key, program);
    if (this.#sessions.size > capacity) {
      const [oldest, dropped] = this.#sessions.entries().next().value!;
      this.#sessions.delete(oldest);
      await dropped.release();
    }
    return program;
  }

  async #load(program: Program): Promise<LoadedProgram> {
    const session = await InferenceSession.create(program.bytes, {
      executionProviders: ["cpu"],
      intraOpNumThreads: this.#threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
      // Planning all buffers ahead takes 1.7 times the memory on nano and is not faster: shapes are static anyway.
      enableMemPattern: false,
      enableCpuMemArena: this.#keepMemory,
      // Threads wait awake for the next operator, but 50 µs at most: that catches nearly all of them. Longer waits make a
      // round about a fifth slower beside another busy process, none at all makes training and decoding slower alone.
      extra: { session: { intra_op: { allow_spinning: "1", spin_duration_us: "50" }, force_spinning_stop: "1" } },
    });
    return {
      async run(feeds, weights): Promise<Outputs> {
        const all: Record<string, Tensor> = { ...feeds };
        for (const name of program.weights) all[name] = weights.get(name)!;
        return session.run(all);
      },
      release: () => session.release(),
    };
  }
}

export function float32(data: Float32Array, shape: readonly number[]): Tensor {
  return new Tensor("float32", data, shape);
}

export function int32(data: Int32Array, shape: readonly number[]): Tensor {
  return new Tensor("int32", data, shape);
}

export function int64(data: BigInt64Array, shape: readonly number[]): Tensor {
  return new Tensor("int64", data, shape);
}

/** The floats of an output. */
export function floats(outputs: Outputs, name: string): Float32Array {
  return outputs[name].data as Float32Array;
}
