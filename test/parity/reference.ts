import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { AdamParams, Sequence } from "../../daemon/engine/engine.ts";
import type { ChatMessage } from "../../daemon/models/chat-template.ts";

const cache = process.env.SPARRING_PARITY_CACHE ?? join(homedir(), ".cache", "sparring-parity");
/** The Python that `setup.sh` makes. */
export const python = join(cache, "venv", "bin", "python");

/** A model folder that `setup.sh` makes. */
export function modelFolder(name: string): string {
  return join(cache, "models", name);
}

/**
 * Why the comparison with a model can't be made here, as `skip` of a test wants it; false if it can. Only a machine where
 * setup.sh did not run skips: in CI it runs, and with CI in the environment a missing environment fails.
 */
export function missing(model: string): string | false {
  if (existsSync(python) && existsSync(modelFolder(model))) return false;
  const script = `test/parity/setup.sh${model === "smollm2" ? " smollm2" : ""}`;
  if (process.env.CI) throw new Error(`no ${modelFolder(model)}: run ${script} before the tests`);
  return `run ${script} first: it makes ${modelFolder(model)}`;
}

/** Which weights a request is about. */
export interface ReferenceModel {
  readonly model: string;
  /** A PEFT adapter's folder. */
  readonly adapter?: string;
}

/** transformers and PEFT in a process of their own: see reference.py. Answers come one at a time, in order. */
export class Reference {
  readonly #child: ChildProcess;
  readonly #waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  readonly #closed: Promise<void>;
  #ended: Error | undefined;
  #stderr = "";

  constructor() {
    const script = fileURLToPath(new URL("./reference.py", import.meta.url));
    // One thread that does not wait awake: on a busy machine PyTorch's threads wait for each other longer than they work.
    const calm = { OMP_NUM_THREADS: "1", OMP_WAIT_POLICY: "PASSIVE", TOKENIZERS_PARALLELISM: "false" };
    const env = { ...process.env, ...calm, HF_HUB_OFFLINE: "1" };
    this.#child = spawn(python, [script], { env, stdio: ["pipe", "pipe", "pipe"] });
    createInterface({ input: this.#child.stdout! }).on("line", (line) => this.#waiting.shift()?.resolve(line));
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4000);
    });
    // A write to a process that just died: its end is reported below.
    this.#child.stdin!.on("error", () => {});
    this.#closed = new Promise((resolve) => {
      this.#child.on("close", () => {
        this.#ended = new Error(`reference.py ended:\n${this.#stderr}`);
        for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
        resolve();
      });
    });
  }

  async #ask(verb: string, fields: object): Promise<unknown> {
    if (this.#ended) throw this.#ended;
    const line = await new Promise<string>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin!.write(`${JSON.stringify({ ...fields, verb })}\n`);
    });
    return JSON.parse(line);
  }

  /** As Engine.logprobs. */
  async logprobs(of: ReferenceModel, sequences: readonly Sequence[], temperature: number): Promise<number[][]> {
    return (await this.#ask("logprobs", { ...of, sequences, temperature })) as number[][];
  }

  /** Greedy answers. */
  async generate(
    of: ReferenceModel,
    prompts: readonly (readonly number[])[],
    options: { readonly maxTokens: number; readonly stopTokens: readonly number[] },
  ): Promise<number[][]> {
    return (await this.#ask("generate", { ...of, prompts, ...options })) as number[][];
  }

  /** Token ids of plain texts. */
  async encode(model: string, texts: readonly string[]): Promise<number[][]> {
    return (await this.#ask("encode", { model, texts })) as number[][];
  }

  /** Texts of token ids, control tokens left out. */
  async decode(model: string, tokens: readonly (readonly number[])[]): Promise<string[]> {
    return (await this.#ask("decode", { model, tokens })) as string[];
  }

  /** Token ids of chats, up to where the assistant answers. */
  async chat(model: string, chats: readonly (readonly ChatMessage[])[]): Promise<number[][]> {
    return (await this.#ask("chat", { model, chats })) as number[][];
  }

  /** Trains by PyTorch's autograd and AdamW; the last step's gradient is written to a safetensors file, unclipped. */
  async train(
    of: ReferenceModel,
    request: {
      readonly sequences: readonly Sequence[];
      readonly coefficients: readonly (readonly number[])[];
      readonly temperature: number;
      readonly adam: AdamParams;
      readonly steps: number;
      readonly gradients: string;
    },
  ): Promise<{ readonly after: number[][][]; readonly norms: number[] }> {
    return (await this.#ask("train", { ...of, ...request })) as { after: number[][][]; norms: number[] };
  }

  /** Seconds that PyTorch takes for the work of measure.ts. */
  async timing(of: ReferenceModel, request: object): Promise<{ readonly sample: number; readonly update: number }> {
    return (await this.#ask("timing", { ...of, ...request })) as { sample: number; update: number };
  }

  /** Ends the process. */
  async close(): Promise<void> {
    this.#child.stdin!.end();
    await this.#closed;
  }
}
