import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AbortedError, NeedsAgreementError } from "../../../daemon/errors.ts";
import {
  questionOf,
  type SendingQuestion,
  withAgreement,
  withRunsAgreement,
} from "../../../extension/runs/agreeing.ts";

const origin = "https://judge.example";
const refusal = new NeedsAgreementError("run/needs-agreement", "Not agreed.", "Agree.", [origin]);

/** Somebody who answers each dialog the same. */
function person(answer: boolean) {
  const asked: SendingQuestion[] = [];
  const confirm = async (question: SendingQuestion): Promise<boolean> => {
    asked.push(question);
    return answer;
  };
  return { asked, confirm };
}

describe("a request that makes a run that sends texts to a server", () => {
  const send = (sent: (string[] | undefined)[]) => async (agreement: { agree?: string[] }) => {
    sent.push(agreement.agree);
    if (!agreement.agree) throw refusal;
    return "begun";
  };

  test("is sent again with the agreement, after one dialog that names run, model and server", async () => {
    const { asked, confirm } = person(true);
    const sent: (string[] | undefined)[] = [];
    const run = { id: "mine-1", model: "builtin:nano" };
    assert.equal(await withAgreement(run, confirm, send(sent)), "begun");
    assert.deepEqual(sent, [undefined, [origin]]);
    assert.equal(asked.length, 1);
    assert.match(asked[0]!.message, /to https:\/\/judge\.example\?$/);
    assert.match(asked[0]!.detail, /^mine-1 \(model builtin:nano\): .*holds for no other/);
  });

  test("is given up where the person does not agree, and nobody is asked about another error", async () => {
    const { asked, confirm } = person(false);
    const sent: (string[] | undefined)[] = [];
    await assert.rejects(withAgreement({ id: "mine-1" }, confirm, send(sent)), AbortedError);
    assert.deepEqual([sent, asked.length], [[undefined], 1]);
    const other = new Error("another");
    await assert.rejects(
      withAgreement({ id: "mine-1" }, confirm, () => Promise.reject(other)),
      other,
    );
    assert.equal(asked.length, 1);
  });

  test("makes no markup of a config's text", () => {
    const { detail } = questionOf([{ id: "a", model: "$(alert) [x](command:y)\u202e" }], [origin]);
    assert.ok(!detail.includes("$(") && !detail.includes("](") && detail.includes("‹U+202E›"), detail);
  });
});

describe("work that asks the judges of runs", () => {
  async function work(ids: readonly string[], answer: boolean, error: Error = refusal) {
    const { asked, confirm } = person(answer);
    const kept: [string, string[]][] = [];
    const runs = ids.map((id) => ({ id, model: "builtin:nano" }));
    const keep = async (run: string, origins: string[]): Promise<void> => void kept.push([run, origins]);
    const result = withRunsAgreement(runs, confirm, keep, async () => {
      if (kept.length < runs.length) throw error;
      return "scored";
    });
    const outcome = await result.catch((error: unknown) => error);
    return { outcome, asked, kept };
  }

  test("is done again once the agreement is kept with each of them", async () => {
    const { outcome, asked, kept } = await work(["run-0", "run-1"], true);
    assert.equal(outcome, "scored");
    assert.deepEqual(kept, [
      ["run-0", [origin]],
      ["run-1", [origin]],
    ]);
    assert.match(asked[0]!.detail, /^run-0 \(model builtin:nano\) and run-1 .* each of these runs/);
  });

  test("keeps nothing where the person does not agree, and nobody is asked about another error", async () => {
    const declined = await work(["run-0"], false);
    assert.ok(declined.outcome instanceof AbortedError);
    assert.deepEqual([declined.kept, declined.asked.length], [[], 1]);
    const other = new Error("another");
    const failed = await work(["run-0"], true, other);
    assert.equal(failed.outcome, other);
    assert.deepEqual([failed.kept, failed.asked], [[], []]);
  });
});
