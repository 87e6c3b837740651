import type { Completion } from "../../engine/engine.ts";
import { streamUniform } from "../../engine/random.ts";
import { admit, type Candidate, type ReadQuery } from "../../selfplay/admission.ts";
import { parseChallenger } from "../../selfplay/parsing.ts";
import { challengerPrompt } from "../../selfplay/prompts/challenger.ts";
import { type Challenge, type Lots, type Message, requireVerifiable, type TaskFamily } from "../../tasks/task.ts";
import type { SelfPlayGame } from "../game.ts";
import type { DrawnQuery, PhaseOptions } from "./players.ts";

/** The round's N queries: the Challenger writes them and admission judges them, or they come from the task's data. */
export async function challenge(game: SelfPlayGame, round: number, options: PhaseOptions): Promise<DrawnQuery[]> {
  return game.algorithm.queries === "data" ? fromData(game, round) : fromChallenger(game, round, options);
}

/** Training tasks drawn by the lineage's seed; never held-out ones. */
function fromData({ config, task: family, seed }: SelfPlayGame, round: number): DrawnQuery[] {
  const task = requireVerifiable(family);
  const { queries } = config.game;
  return Array.from({ length: queries }, (_, index) => {
    const text = task.draw(streamUniform(seed, "tasks", round * queries + index));
    return { index, text, admitted: true, heldOut: false, duplicate: false };
  });
}

async function fromChallenger(game: SelfPlayGame, round: number, options: PhaseOptions): Promise<DrawnQuery[]> {
  const { config, engine, settings, task, tokenizer, seed } = game;
  const { queries } = config.game;
  const challenges = Array.from({ length: queries }, (_, query) =>
    task.challenge(lotsOf(seed, round * queries + query)),
  );
  const requests = challenges.map((challenge, query) => {
    const prompt = tokenizer.renderPrompt(messagesOf(challenge));
    return { prompt, key: { seed, round, role: "challenger" as const, query, answer: 0 } };
  });
  const completions = await engine.sample(requests, {
    ...options,
    policy: "current",
    temperature: config.challenger.temperature,
    maxTokens: config.challenger.max_tokens,
    stopTokens: tokenizer.stopTokens,
  });
  const written = completions.map(({ tokens }) => tokenizer.decode(tokens));
  const candidates = written.map((text, index) => candidate(task, challenges[index], text, completions[index].stop));
  const { verdicts_N } = admit(candidates, settings.onReject);
  return completions.map((completion, index): DrawnQuery => {
    const { read, heldOut } = candidates[index];
    const { admitted, flaw } = verdicts_N[index];
    const text = read.ok ? read.query : written[index];
    const { prompt } = requests[index];
    const duplicate = flaw?.code === "duplicate";
    const query = { index, text, drawn: { prompt, completion }, admitted, heldOut, duplicate };
    return flaw ? { ...query, reason: flaw.sentence } : query;
  });
}

/** Two numbers of the stream that data games draw their tasks from; no game does both. */
function lotsOf(seed: number, drawn: number): Lots {
  return { task: streamUniform(seed, "tasks", 2 * drawn), template: streamUniform(seed, "tasks", 2 * drawn + 1) };
}

/** What the Challenger is told. */
export function messagesOf(challenge: Challenge): readonly Message[] {
  return "messages" in challenge ? challenge.messages : [{ role: "user", content: challengerPrompt(challenge) }];
}

/** What the Challenger wrote, read as a task. A text that was cut may be half of one, so it is none. */
function candidate(task: TaskFamily, challenge: Challenge, text: string, stop: Completion["stop"]): Candidate {
  if (stop === "length") return { read: { ok: false, reason: "it was cut at the token limit" }, heldOut: false };
  const filled: ReadQuery =
    "messages" in challenge ? { ok: true, query: text } : parseChallenger(text, challenge.template);
  const read = filled.ok ? task.parse(filled.query) : filled;
  return { read, heldOut: read.ok && task.verifiable && task.isHeldOut(read.query) };
}
