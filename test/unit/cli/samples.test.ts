/** A round's samples as lines, where their rewards are not a verifier's. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { verdictInk } from "../../../daemon/cli/reports/report.ts";
import { sampleLines } from "../../../daemon/cli/reports/samples.ts";
import { type Colours, plain } from "../../../daemon/cli/text/colours.ts";
import { answerOf, queryOf } from "../documents/records.ts";

const style = { columns: 200, colours: plain, invocation: "sparring" };

test("rewards without bounds are no difficulty, and it is said whose they are", () => {
  const queries = [queryOf(0, "q", { V: -2.5, answers: [answerOf("a", { reward: -2.5 })] })];
  const reward = { name: "reward-model:x\u001b[2J", low: null, high: null };
  const lines = sampleLines(3, queries, false, style, { reward });
  assert.match(lines[0]!, /R reward by reward-model:x\\u\{1b\}\[2J, S self-reward, A advantage/);
  assert.deepEqual(lines.slice(2, 4), ["#0   q", "     V -2.50, A 0.00"]);
  assert.match(lines[4]!, /reward -2\.50$/);
});

test("green and red are for right and wrong alone", () => {
  const colours = {
    green: (text) => `green ${text}`,
    red: (text) => `red ${text}`,
    yellow: (text) => `yellow ${text}`,
  } as Colours;
  const inked = (reward: number | null, verified: boolean): string => verdictInk(reward, verified, colours)("x");
  assert.deepEqual([inked(1, true), inked(0, true)], ["green x", "red x"]);
  assert.deepEqual([inked(null, true), inked(0.5, true), inked(1, false), inked(0, false)], Array(4).fill("yellow x"));
});
