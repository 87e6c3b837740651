import { mkdir, writeFile } from "node:fs/promises";
import { loadConfig } from "../../daemon/config/load.ts";
import { toJsonFile } from "../../daemon/store/json-file.ts";
import { toJsonLines } from "../../daemon/store/jsonl.ts";
import { layout } from "../../daemon/store/layout.ts";
import type { QueryRecord, RoundRecord, RunRecord, RunStatus } from "../../daemon/store/records.ts";

export interface WrittenRun {
  readonly id: string;
  readonly name: string;
  readonly rounds: number;
  /** Rounds whose samples are written, with their queries. */
  readonly samples: ReadonlyMap<number, readonly QueryRecord[]>;
  readonly notes?: readonly string[];
}

/** Writes a finished run into a home as training would have left it, without training. */
export async function writeRun(home: string, { id, name, rounds, samples, notes = [] }: WrittenRun): Promise<void> {
  const { config } = await loadConfig("examples/addition.sparring.yaml", [`game.rounds=${rounds}`]);
  const dir = layout.run(home, id);
  const record: RunRecord = {
    format: 1,
    id,
    name,
    createdAt: "2026-01-01T00:00:00.000Z",
    config: { ...config },
    lineage: { root: id, seed: 1, changes: {} },
    versions: { sparring: "0.1.0" },
    fingerprint: { threads: "2" },
  };
  const status: RunStatus = { format: 1, state: "finished", since: record.createdAt };
  await mkdir(home, { recursive: true, mode: 0o700 });
  await mkdir(layout.samplesFolder(dir), { recursive: true });
  await writeFile(layout.record(dir), toJsonFile(record));
  await writeFile(layout.status(dir), toJsonFile(status));
  const records = Array.from({ length: rounds + 1 }, (_, round) => writtenRound(round, notes));
  await writeFile(layout.rounds(dir), toJsonLines(records));
  for (const [round, queries] of samples) await writeFile(layout.samples(dir, round), toJsonLines(queries));
}

/** A round's metrics, of a size and with a course as in training; round 0 is the evaluation before it. */
function writtenRound(round: number, notes: readonly string[]): RoundRecord {
  const wave = (period: number): number => 0.5 + 0.4 * Math.sin((round / period) * 2 * Math.PI);
  const responses = (role: string): Record<string, number> => ({
    [`${role}/kl`]: wave(900) * 0.1,
    [`${role}/kl_sequence`]: wave(900),
    [`${role}/entropy`]: wave(300),
    [`${role}/completions/mean_length`]: 3 + wave(70),
    [`${role}/completions/clipped_ratio`]: wave(50) * 0.1,
  });
  const evaluated: Record<string, number> = round % 25 === 0 ? { "eval/accuracy": wave(4000) } : {};
  const played: Record<string, number> = {
    "solver/reward": wave(1000),
    "solver/reward_std": wave(100),
    "solver/self_reward": 7 * wave(1300),
    "solver/frac_reward_zero_std": wave(60) * 0.3,
    ...responses("solver"),
    "challenger/reward": wave(700),
    "challenger/reward_std": wave(120),
    "challenger/admitted": wave(400),
    "challenger/difficulty": wave(500),
    "challenger/difficulty_p10": wave(500) * 0.5,
    "challenger/difficulty_p90": Math.min(1, wave(500) * 1.4),
    "challenger/distinct": wave(800),
    "challenger/bigram_distance": wave(850),
    ...responses("challenger"),
    "judge/frac_unscored_reward": 0,
    "judge/frac_unscored_self_reward": 0,
    "judge/reward_correlation": wave(650),
  };
  return {
    round,
    finishedAt: new Date(Date.UTC(2026, 0, 1) + round * 2000).toISOString(),
    seconds: 1.2345678,
    phases: { challenge: 0.123, solve: 0.456, judge: 0.01, reference: 0.078, update: 0.234, record: 0.005 },
    metrics: { ...(round === 0 ? {} : played), ...evaluated },
    notes: [...notes],
  };
}

/** An admitted query with answers, the first of them right. */
export function writtenQuery(index: number, text: string, answers: readonly string[]): QueryRecord {
  return {
    index,
    text,
    tokens: [],
    logprobs: [],
    referenceLogprobs: [],
    stop: "stop",
    admitted: true,
    V: 1 / answers.length,
    VQ: 5 / answers.length,
    advantage: 0.25,
    expected: "42",
    answers: answers.map((answer, i) => ({
      text: answer,
      tokens: [],
      logprobs: [],
      referenceLogprobs: [],
      stop: "stop",
      reward: i === 0 ? 1 : 0,
      selfReward: i === 0 ? 7 : 2,
      criteria: [1, 1, i === 0 ? 1 : 0, i === 0 ? 1 : 0, i === 0 ? 1 : 0, i === 0 ? 1 : 0, i === 0 ? 1 : 0],
      rationale: "written by a test",
      advantage: i === 0 ? 0.75 : -0.25,
    })),
  };
}
