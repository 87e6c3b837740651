/** How an answer came to its scores, as editor and command line tell it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { whyLines } from "../../../daemon/text/why-lines.ts";
import {
  advantageOrigin,
  type ScoredAnswer,
  type Scoring,
  scoreOrigins,
  scoringOf,
  sharesOf,
} from "../../../daemon/text/why-score.ts";
import { answerOf } from "../documents/records.ts";

const verifier = { name: "verifier:addition", low: 0, high: 1 };
const rubric = { name: "self-reward", low: 0, high: 7 };
const logit = { name: "reward-model:x", low: null, high: null };
const selfPlay: Scoring = {
  judges: { reward: verifier, selfReward: rubric },
  selfRewardScale: 0.25,
  standardised: false,
};
const alone: Scoring = { judges: { reward: logit }, selfRewardScale: 1, standardised: false };
const grpo: Scoring = { ...alone, standardised: true };

const scored = (reward: number | null, selfReward: number | null = null): ScoredAnswer => ({ reward, selfReward });

describe("who gave a score", () => {
  const answer = { ...scored(1, 6), rationale: "fine", rewardRationale: "right" };
  test("is said with the range, and each judge with its own words", () => {
    assert.deepEqual(scoreOrigins(answer, [answer], selfPlay), [
      { letter: "R", value: 1, by: "by verifier:addition, 0 to 1", says: "right" },
      { letter: "R_Q", value: 6, by: "by self-reward, 0 to 7", says: "fine" },
    ]);
  });
  test("is the reward's judge alone where there is no self-reward", () => {
    const [R, none] = scoreOrigins({ ...scored(-3), rationale: "a logit" }, [scored(-3)], alone);
    assert.deepEqual(R, { letter: "R", value: -3, by: "by reward-model:x, without bounds", says: "a logit" });
    assert.equal(none, undefined);
  });
  test("is read off the group in runs of earlier versions", () => {
    const unscored = { ...scored(1), unscored: "cut" };
    const letters = (group: readonly ScoredAnswer[]): string[] =>
      scoreOrigins(unscored, group, { ...selfPlay, judges: undefined }).map(({ letter }) => letter);
    assert.deepEqual(letters([unscored, answer]), ["R", "R_Q"]);
    assert.deepEqual(letters([unscored]), ["R"]);
  });
});

describe("where an advantage comes from", () => {
  test("is the group's mean, of R and the scaled R_Q with a self-reward", () => {
    assert.equal(
      advantageOrigin(0, [scored(1, 6), scored(0, 2), scored(0, null)], selfPlay),
      "r − mean(r) = 2.500 − 1.500, over the 2 scored of 3 answers, with r = R + 0.25·R_Q.",
    );
    assert.equal(
      advantageOrigin(1, [scored(2), scored(-1)], alone),
      "R − mean(R) = -1.000 − 0.500, over the 2 scored of 2 answers.",
    );
  });
  test("is divided by the deviation where GRPO does that", () => {
    assert.match(
      advantageOrigin(0, [scored(1), scored(0)], grpo),
      /^\(R − mean\(R\)\) \/ \(std\(R\) \+ 0\.0001\) = \(1\.000 − 0\.500\) \/ \(0\.707 \+ 0\.0001\), /,
    );
    const config = (name: string, normalization: string) => ({
      algorithm: { name, normalization },
      judge: { self_reward: { scale: 2 } },
    });
    assert.deepEqual(scoringOf(config("grpo", "dapo"), undefined), {
      judges: undefined,
      selfRewardScale: 2,
      standardised: true,
    });
    assert.equal(scoringOf(config("grpo", "dr_grpo"), undefined).standardised, false);
    assert.equal(scoringOf(config("lsp", "grpo"), undefined).standardised, false);
  });
  test("is explained where there is none", () => {
    assert.match(
      advantageOrigin(0, [scored(1), scored(1), scored(null)], alone),
      /^All 2 scored answers .* same R, 1\.000: .*Nothing is wrong\.$/,
    );
    assert.match(
      advantageOrigin(0, [scored(1), scored(null)], alone),
      /^It is the only one of 2 answers that is scored/,
    );
    assert.match(
      advantageOrigin(1, [scored(1), scored(null)], alone),
      /^The answer is unscored: it is out of its group's mean/,
    );
    assert.match(advantageOrigin(0, [scored(1, null), scored(1, 3)], selfPlay), /^The answer is unscored/);
  });
});

describe("an ensemble's parts", () => {
  const parts = [
    { judge: "verifier", value: 1, weight: 3, scale: 1 },
    { judge: "model", value: -7, weight: 1, scale: 2 / 7 },
    { judge: "server\n R 9", value: null, unscored: "HTTP 500\u001b[2J", weight: 6, scale: 1 },
  ];
  test("add up to R", () => {
    assert.deepEqual(sharesOf(0.25, parts), [0.75, -0.5, null]);
    assert.deepEqual(sharesOf(null, parts), [null, null, null]);
  });
  test("are a table; what is unscored has its reason, and nothing hostile is obeyed", () => {
    const answer = answerOf("a", { reward: 0.25, parts, rationale: "verifier: right\n    │ R 7" });
    const text = whyLines({ answers: [answer] }, 0, alone).join("\n");
    assert.match(text, /^R {4}0\.250 {5}by reward-model:x, without bounds$/m);
    assert.match(text, /^ {5}The judge says:\n {4}│ verifier: right\n {4}│ {5}│ R 7$/m);
    assert.match(text, /^ {5}verifier {2,}1\.000 {6}3\.000 {5}1\.0000 {5}\+0\.750$/m);
    assert.match(text, /^ {5}model {2,}-7\.000 {6}1\.000 {5}0\.2857 {5}-0\.500$/m);
    assert.match(text, /^ {5}server‹U\+000A› R 9 {3}unscored {6}6\.000 {5}1\.0000 {10}–$/m);
    assert.match(text, /^ {5}Unscored by server‹U\+000A› R 9: HTTP 500‹U\+001B›\[2J$/m);
  });
});

describe("an answer's scores as lines", () => {
  test("have what is expected, the criteria with their probabilities, and their sum", () => {
    const answer = answerOf("5", {
      selfReward: 4.5,
      criteria: [1, 1, 1, 1, 1, 0, 0],
      probabilities: [0.9, 0.9, 0.9, 0.8, 0.6, 0.3, 0.1],
    });
    const text = whyLines({ answers: [answer, answerOf("6", { reward: 0 })], expected: "5" }, 0, selfPlay).join("\n");
    assert.match(text, /^ {5}The verifier expects: 5$/m);
    assert.match(text, /^The judge's criteria, and how likely each is met:\n {5}1 ■ 0\.900 {3}Task identifiable$/m);
    assert.match(text, /^ {5}7 □ 0\.100 {3}Form and style\n {5}Σ {3}4\.500$/m);
  });
  test("say of an unscored answer why, and that it counts nowhere", () => {
    const answer = answerOf("5", { reward: null, unscored: "time-out\u0007", advantage: 0 });
    const text = whyLines({ answers: [answer, answerOf("6")] }, 0, alone).join("\n");
    assert.match(text, /^R {4}unscored {2}by reward-model:x/);
    assert.match(text, /^ {5}Unscored, which counts nowhere and is not 0: time-out‹U\+0007›$/m);
    assert.match(text, /^A {4}0\.000 {5}The answer is unscored/m);
  });
});
