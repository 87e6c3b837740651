import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { Engine, ModelRef, OpenOptions, Sequence } from "../../engine/engine.ts";
import { SparringError } from "../../errors.ts";
import { ChatTokenizer } from "../../models/tokenizer.ts";
import type { Store } from "../../store/store.ts";
import type { TaskFamily } from "../../tasks/task.ts";
import { engineOf } from "../engine-of.ts";
import type { Game } from "../game.ts";
import { adapterOf } from "../session.ts";
import type { WeightSource } from "./source.ts";

/** An answer to a query, to compare weights on. */
export interface Probe {
  readonly query: string;
  readonly answer: ArrayLike<number>;
}

/** Answers that are compared at most. */
const probeCount = 16;

/** Answers of a run's last round with any; where it has played none, the right ones to held-out tasks, or any text at all. */
export async function chooseProbes(store: Store, run: string, { task, tokenizer }: Game): Promise<Probe[]> {
  const rounds = (await store.readRounds(run)).slice(1).reverse();
  for (const { round } of rounds) {
    const queries = await store.readSamples(run, round);
    const probes = queries.flatMap(({ text, answers }) =>
      answers.map(({ tokens }) => ({ query: text, answer: tokens })),
    );
    if (probes.length > 0) return spread(probes);
  }
  const texts = task.verifiable
    ? task.heldOut().map((query) => ({ query, answer: task.expected(query) }))
    : [{ query: "Say hello.", answer: "Hello." }];
  return texts.slice(0, probeCount).map(({ query, answer }) => ({
    query,
    answer: [...tokenizer.encode(answer), tokenizer.eosToken],
  }));
}

/** Some of many, from beginning to end. */
function spread<T>(items: readonly T[]): T[] {
  const step = Math.max(1, items.length / probeCount);
  return Array.from({ length: Math.min(probeCount, items.length) }, (_, i) => items[Math.floor(i * step)]!);
}

/** Probes as an engine measures them. */
export function sequencesOf(probes: readonly Probe[], task: TaskFamily, tokenizer: ChatTokenizer): Sequence[] {
  return probes.map(({ query, answer }) => ({
    prompt: tokenizer.renderPrompt(task.solverPrompt(query)),
    response: answer,
  }));
}

type Turn = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Opens a Hugging Face folder as any user would, and measures the probes with it.
 * @param sequences the probes by the run's own tokenizer
 * @throws SparringError `run/export-differs` where the folder's tokenizer and template write other prompts
 */
export async function measureFolder(
  dir: string,
  { game, home }: WeightSource,
  probes: readonly Probe[],
  sequences: readonly Sequence[],
  turn: Turn,
): Promise<Float32Array[]> {
  const own = sequencesOf(probes, game.task, await ChatTokenizer.load(dir));
  const isSame = own.every(({ prompt }, i) => String(prompt) === String(sequences[i]!.prompt));
  if (!isSame) {
    throw new SparringError(
      "run/export-differs",
      "The exported tokenizer and chat template do not write the prompts that the run's do. Nothing was left behind.",
      "Report this with the model's name: an export must be exact.",
      { place: dir },
    );
  }
  return withEngine(game, home, { dir }, {}, (engine) => measure(engine, own, turn));
}

/**
 * Reads an adapter into a fresh engine on its base model, and measures the sequences with it.
 * @param state what `Engine.save` wrote of the same weights; its adapter is replaced by the exported one
 */
export async function measureAdapter(
  dir: string,
  state: string,
  { run, game, model, home }: WeightSource,
  sequences: readonly Sequence[],
  turn: Turn,
): Promise<Float32Array[]> {
  await copyFile(join(dir, "adapter_model.safetensors"), join(state, "adapter_model.safetensors"));
  const adapter = adapterOf(game.config, run.lineage, home);
  return withEngine(game, home, model, adapter ? { adapter } : {}, async (engine) => {
    await engine.load(state);
    return measure(engine, sequences, turn);
  });
}

function measure(engine: Engine, sequences: readonly Sequence[], turn: Turn): Promise<Float32Array[]> {
  return turn(() => engine.logprobs(sequences, { policy: "current", temperature: 1 }));
}

/** Opens a model in an engine of its own, for as long as the work lasts. */
export async function withEngine<T>(
  { config }: Pick<Game, "config">,
  home: string,
  model: ModelRef,
  options: OpenOptions,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await engineOf(config, home);
  try {
    await engine.open(model, options);
    return await work(engine);
  } finally {
    await engine.close();
  }
}
