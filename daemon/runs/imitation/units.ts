import { isDeepStrictEqual } from "node:util";
import type { DataRecord, Dataset } from "../../data/record.ts";
import { tokensOf } from "../../data/tokens.ts";
import type { Sequence } from "../../engine/engine.ts";
import type { ChatMessage } from "../../models/chat-template.ts";
import { regenerates, type UnitRole } from "../../selfplay/imitation.ts";
import type { TaskFamily } from "../../tasks/task.ts";
import type { ImitationGame } from "../game.ts";
import type { PhaseOptions } from "../phases/players.ts";
import type { Opponent } from "./opponents.ts";

/** One answer of a unit. */
export interface UnitAnswer {
  readonly role: UnitRole;
  readonly text: string;
  /** The stop token included; never empty. */
  readonly tokens: ArrayLike<number>;
  /** `length`: a generated answer that was cut at the token limit. */
  readonly stop: "stop" | "length";
  /** Who wrote a generated answer. */
  readonly opponent?: Opponent;
}

/** An example with all its answers, in the order of the algorithm's roles. */
export interface Unit {
  /** Its index in the data. */
  readonly record: number;
  /** Its line in the data's file. */
  readonly line: number;
  /** The task that its prompt asks for, where the game knows it, else the prompt as the Solver reads it. */
  readonly text: string;
  /** Whether it is a task of the game. */
  readonly isTask: boolean;
  /** Token ids of the rendered prompt. */
  readonly prompt: readonly number[];
  readonly answer_R: readonly UnitAnswer[];
}

/**
 * The units of a round: records of the data, and where the algorithm asks for them answers of the opponents. An answer's noise is
 * keyed by its opponent and its record, so that it is the same whenever it is drawn: as if all had been generated at the
 * start of the iteration.
 * @param authorOf the opponent that answers the record at a place of the batch
 */
export async function drawUnits(
  game: ImitationGame,
  dataset: Dataset,
  records: readonly number[],
  authorOf: (place: number) => Opponent,
  options: PhaseOptions,
): Promise<Unit[]> {
  const { algorithm, tokenizer, task } = game;
  const read = await Promise.all(records.map((index) => dataset.record(index)));
  const tokens = read.map((record) => tokensOf(record, tokenizer));
  const prompts = tokens.map(({ prompt }) => prompt);
  const generated = regenerates(algorithm) ? await generate(game, records, prompts, authorOf, options) : [];
  return read.map((record, i): Unit => {
    const { prompt, chosen, rejected } = tokens[i]!;
    const answerOf = (role: UnitRole): UnitAnswer => {
      if (role === "generated") return generated[i]!;
      if (role === "rejected") return { role, text: record.rejected!, tokens: rejected!, stop: "stop" };
      return { role, text: record.chosen, tokens: chosen, stop: "stop" };
    };
    const asked = taskOf(task, record.prompt);
    return {
      record: records[i]!,
      line: record.line,
      text: asked ?? textOf(record.prompt),
      isTask: asked !== undefined,
      prompt,
      answer_R: algorithm.roles.map(answerOf),
    };
  });
}

async function generate(
  { config, engine, tokenizer, seed }: ImitationGame,
  records: readonly number[],
  prompts: readonly (readonly number[])[],
  authorOf: (place: number) => Opponent,
  options: PhaseOptions,
): Promise<UnitAnswer[]> {
  const answers: UnitAnswer[] = [];
  const authors = new Set(records.map((_, place) => authorOf(place)));
  for (const opponent of authors) {
    const places = [...records.keys()].filter((place) => authorOf(place) === opponent);
    const requests = places.map((place) => ({
      prompt: prompts[place]!,
      key: { seed, round: opponent.first, role: "solver" as const, query: records[place]!, answer: 0 },
    }));
    const completions = await engine.sample(requests, {
      ...options,
      policy: opponent.policy,
      temperature: config.solver.temperature,
      maxTokens: config.solver.max_tokens,
      stopTokens: tokenizer.stopTokens,
    });
    for (const [i, { tokens, stop }] of completions.entries()) {
      answers[places[i]!] = { role: "generated", text: tokenizer.decode(tokens), tokens, stop, opponent };
    }
  }
  return answers;
}

/** All sequences of units, unit by unit. */
export function sequencesOf(units: readonly Unit[]): Sequence[] {
  return units.flatMap(({ prompt, answer_R }) => answer_R.map(({ tokens }) => ({ prompt, response: tokens })));
}

/** Stands where a query is in a family's prompt; no text of data has it there by chance. */
const mark = "\u0000";

/** The canonical query that a prompt asks, where it is exactly the Solver's prompt of a task. */
function taskOf(family: TaskFamily, prompt: readonly ChatMessage[]): string | undefined {
  if (!family.verifiable || prompt.length !== 1) return undefined;
  const [before = "", after = ""] = family.solverPrompt(mark)[0]!.content.split(mark);
  const text = prompt[0]!.content.slice(before.length, prompt[0]!.content.length - after.length);
  const parsed = family.parse(text);
  return parsed.ok && isDeepStrictEqual(family.solverPrompt(parsed.query), prompt) ? parsed.query : undefined;
}

/** A prompt as people read it: what a single user says, else each message after its role. */
function textOf(prompt: readonly ChatMessage[]): string {
  const [first] = prompt;
  if (prompt.length === 1 && first!.role === "user") return first!.content;
  return prompt.map(({ role, content }) => `${role}: ${content}`).join("\n\n");
}

/** The data's records that are only measured, as sequences of prompt and real answer. */
export async function realSequences(
  { tokenizer }: ImitationGame,
  dataset: Dataset,
  records: ArrayLike<number>,
): Promise<Sequence[]> {
  const read: DataRecord[] = await Promise.all(Array.from(records, (index) => dataset.record(index)));
  return read.map((record) => {
    const { prompt, chosen } = tokensOf(record, tokenizer);
    return { prompt, response: chosen };
  });
}
