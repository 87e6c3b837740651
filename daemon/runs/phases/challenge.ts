import type { Completion, SampleRequest } from "../../engine/engine.ts";
import { streamUniform } from "../../engine/random.ts";
import { admit, type Candidate } from "../../selfplay/admission.ts";
import type { TaskFamily } from "../../tasks/task.ts";
import type { Game } from "../game.ts";
import type { DrawnQuery, PhaseOptions } from "./players.ts";

/** The round's N queries: the Challenger writes them and admission judges them, or they come from the task's data. */
export async function challenge(game: Game, round: number, options: PhaseOptions): Promise<DrawnQuery[]> {
  return game.algorithm.queries === "data" ? fromData(game, round) : fromChallenger(game, round, options);
}

/** Training tasks drawn by the lineage's seed; never held-out ones. */
function fromData({ config, task, seed }: Game, round: number): DrawnQuery[] {
  const { queries } = config.game;
  return Array.from({ length: queries }, (_, index) => {
    const text = task.draw(streamUniform(seed, "tasks", round * queries + index));
    return { index, text, admitted: true, heldOut: false, duplicate: false };
  });
}

async function fromChallenger(game: Game, round: number, options: PhaseOptions): Promise<DrawnQuery[]> {
  const { config, engine, settings, task, tokenizer, seed } = game;
  const prompt = tokenizer.renderPrompt(task.challengerPrompt());
  const requests = Array.from({ length: config.game.queries }, (_, query): SampleRequest => {
    return { prompt, key: { seed, round, role: "challenger", query, answer: 0 } };
  });
  const completions = await engine.sample(requests, {
    ...options,
    policy: "current",
    temperature: config.challenger.temperature,
    maxTokens: config.challenger.max_tokens,
    stopTokens: tokenizer.stopTokens,
  });
  const written = completions.map(({ tokens }) => tokenizer.decode(tokens));
  const candidates = written.map((text, index) => candidate(task, text, completions[index].stop));
  const { verdicts_N } = admit(candidates, settings.onReject);
  return completions.map((completion, index): DrawnQuery => {
    const { read, heldOut } = candidates[index];
    const { admitted, flaw } = verdicts_N[index];
    const text = read.ok ? read.query : written[index];
    const duplicate = flaw?.code === "duplicate";
    const query = { index, text, drawn: { prompt, completion }, admitted, heldOut, duplicate };
    return flaw ? { ...query, reason: flaw.sentence } : query;
  });
}

/** What the Challenger wrote, read as a task. A text that was cut may be half of one, so it is none. */
function candidate(task: TaskFamily, text: string, stop: Completion["stop"]): Candidate {
  if (stop === "length") return { read: { ok: false, reason: "it was cut at the token limit" }, heldOut: false };
  const read = task.parse(text);
  return { read, heldOut: read.ok && task.isHeldOut(read.query) };
}
