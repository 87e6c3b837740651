/**
 * A run on nano whose judge can be hacked: it pays the Solver for what the frozen reference would have said, right or wrong. The alarm
 * rings, the run pauses itself before much is lost, and when it is stopped a fork from before with another judge learns.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import type { RoundRecord } from "../../daemon/store/records.ts";
import { Store } from "../../daemon/store/store.ts";
import { bench, finished } from "./restart.ts";

const text = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, queries: 32, answers: 8, rounds: 120 }
algorithm: { name: lsp, alpha_challenger: 0.25 }
judge: { self_reward: { kind: likelihood, scale: 1 } }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
optimizer: { lr: 1.0e-4, warmup_rounds: 20 }
eval: { every: 5 }
checkpoints: { every: 5, keep: 100 }
recovery: { every: 5 }
alarms: { action: warn, judge: { action: pause } }
`;

test("a hacked judge rings before much is lost, the run pauses itself, and a fork with another judge recovers", async (t) => {
  const home = await bench(t);
  const { runs, until } = home;
  const store = new Store(home.home);
  const { config } = parseConfig(text, { file: "hacked.sparring.yaml" });
  await runs.start({ run: "hacked", config: { ...config } });

  // It pauses itself, says why, and shows samples.
  let paused = await runs.overview("hacked");
  const end = runs.on("changed", (overview) => {
    paused = overview;
  });
  await until(() => ["paused", "finished", "failed"].includes(paused.state));
  end();
  assert.equal(paused.state, "paused", JSON.stringify(paused));
  assert.equal(paused.problem?.code, "run/alarm");
  const before = await store.readRounds("hacked");
  const alarmed = before.at(-1)!;
  const alarm = alarmed.alarms?.find(({ kind }) => kind === "judge");
  assert.ok(alarm);
  const { queries } = await runs.round({ run: "hacked", round: alarmed.round, from: 0 });
  // What it shows is wrong, and the judge liked it better than what was right.
  const answers = queries.flatMap((query) => query.answers);
  const right = answers.filter(({ reward }) => reward === 1).map(({ selfReward }) => selfReward!);
  assert.ok(alarm.samples.length > 0 && right.length > 0);
  const shown = alarm.samples.map(({ query, answer }) => [
    queries[query]!.text,
    queries[query]!.answers[answer!]!.text,
  ]);
  assert.equal(new Set(shown.map((texts) => texts.join("\n"))).size, shown.length, "the same answer is shown twice");
  const forRight = right.reduce((sum, value) => sum + value, 0) / right.length;
  for (const { query, answer } of alarm.samples) {
    const { reward, selfReward, text } = queries[query]!.answers[answer!]!;
    t.diagnostic(`${queries[query]!.text} → ${text}: R ${reward}, R_Q ${selfReward}; of right answers ${forRight}`);
    assert.equal(reward, 0);
    assert.ok(selfReward! > forRight);
  }
  const lost = bestOf(before) - accuraciesOf(before).at(-1)!.accuracy;
  t.diagnostic(`paused after round ${alarmed.round}: ${alarm.sentence}`);
  t.diagnostic(`accuracy: best ${bestOf(before)}, then ${accuraciesOf(before).at(-1)!.accuracy}`);
  assert.ok(lost < 0.1);

  // It is stopped. A fork from before the alarm goes on without it, with a judge that knows right answers.
  assert.equal((await runs.stop({ run: "hacked" })).state, "stopped");
  const round = Math.floor((alarmed.round - 1) / 5) * 5;
  const settings = ["judge.self_reward.kind=criteria", "judge.self_reward.scale=0.2857", `game.rounds=${round + 60}`];
  await runs.fork({ run: "healed", parent: "hacked", round, settings });
  await finished(home, "healed");
  const healed = await store.readRounds("healed");
  t.diagnostic(
    `fork from round ${round}, 60 rounds: ${accuraciesOf(healed).map(({ accuracy }) => accuracy.toFixed(3))}`,
  );
  assert.ok(accuraciesOf(healed).at(-1)!.accuracy > bestOf(before) + 0.05);
  assert.ok(healed.every(({ alarms = [] }) => alarms.every(({ kind }) => kind !== "judge")));

  // Told to go on, the parent does, and the loss that the alarm foretold comes.
  const again = runs.on("changed", ({ id, state }) => {
    if (id === "hacked" && state === "paused") void runs.resume({ run: id });
  });
  await runs.resume({ run: "hacked" });
  await finished(home, "hacked");
  again();
  const all = await store.readRounds("hacked");
  const fallen = accuraciesOf(all).find(({ round, accuracy }) => {
    return round > alarmed.round && accuracy <= bestOf(all.slice(0, round + 1)) - 0.1;
  });
  for (const { round, alarms = [] } of all) for (const { kind } of alarms) t.diagnostic(`round ${round}: ${kind}`);
  t.diagnostic(
    `10 points below its best after round ${fallen?.round}; at the end ${accuraciesOf(all).at(-1)!.accuracy}`,
  );
  assert.ok(fallen);
});

function accuraciesOf(rounds: readonly RoundRecord[]): { readonly round: number; readonly accuracy: number }[] {
  return rounds.flatMap(({ round, metrics }) => {
    const accuracy = metrics["eval/accuracy"] ?? null;
    return accuracy === null ? [] : [{ round, accuracy }];
  });
}

function bestOf(rounds: readonly RoundRecord[]): number {
  return Math.max(...accuraciesOf(rounds).map(({ accuracy }) => accuracy));
}
