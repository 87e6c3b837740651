/** What the Challenger is asked, and how its texts are read, on an engine that writes what the test says. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Completion, Engine, SampleRequest } from "../../../daemon/engine/engine.ts";
import type { SelfPlayGame } from "../../../daemon/runs/game.ts";
import { challenge } from "../../../daemon/runs/phases/challenge.ts";
import { endMarker, startMarker } from "../../../daemon/selfplay/prompts/challenger.ts";
import type { OpenSettings } from "../../../daemon/tasks/open.ts";
import { findTask } from "../../../daemon/tasks/registry.ts";

const text = (tokens: ArrayLike<number>): string => String.fromCharCode(...Array.from(tokens));

/** Texts are their character codes; one that ends in "…" was cut at the token limit. */
function gameOf(
  task: string,
  writes: readonly string[],
  settings: OpenSettings = {},
): { game: SelfPlayGame; prompts: string[] } {
  const prompts: string[] = [];
  const engine = {
    sample: async (requests: readonly SampleRequest[]) => {
      prompts.push(...requests.map(({ prompt }) => text(prompt)));
      return requests.map((_, i): Completion => {
        const tokens = Int32Array.from(writes[i]!, (char) => char.charCodeAt(0));
        return {
          tokens,
          logprobs: new Float32Array(tokens.length),
          stop: writes[i]!.endsWith("…") ? "length" : "stop",
        };
      });
    },
  } as unknown as Engine;
  const tokenizer = {
    stopTokens: [0],
    renderPrompt: (messages: readonly { role: string; content: string }[]) =>
      Array.from(messages.map(({ role, content }) => `${role}: ${content}`).join(), (char) => char.charCodeAt(0)),
    decode: text,
  };
  const game = {
    engine,
    tokenizer,
    task: findTask(task, settings),
    algorithm: { queries: "challenger" },
    settings: { onReject: "drop" },
    seed: 9,
    config: { game: { queries: writes.length }, challenger: { temperature: 1, max_tokens: 9 } },
  } as unknown as SelfPlayGame;
  return { game, prompts };
}

const fates = async (game: SelfPlayGame): Promise<(string | undefined)[]> =>
  (await challenge(game, 1, {})).map(({ admitted, text: query, reason }) => (admitted ? query : reason));

describe("the Challenger", () => {
  test("of sums in words fills in the template; what does not is told why it is no task", async () => {
    const { game, prompts } = gameOf("word-sums", [
      "What is 1 plus 2?",
      `${startMarker}\n"What is 3 plus 4?"\n${endMarker}`,
      "What is {a} plus {b}?",
      "Sure! What is 1 plus 2?",
      "What is 1 plus 2?",
      "What is 12 plus…",
    ]);
    const [first, marked, unfilled, chatty, again, cut] = await fates(game);
    assert.deepEqual([first, marked], ["What is 1 plus 2?", "What is 3 plus 4?"]);
    assert.match(unfilled!, /the placeholder \{a\} was not filled in/);
    assert.match(chatty!, /not of the form "What is \{a\} plus \{b\}\?"/);
    assert.match(again!, /in this round already, as query 0/);
    assert.match(cut!, /cut at the token limit/);
    assert.match(
      prompts[0]!,
      /^user: [\s\S]*the task "Addition of two whole numbers from 0 to 99"[\s\S]*What is \{a\} plus \{b\}\?/,
    );
  });

  test("never gets a held-out sum answered", async () => {
    const heldOut = findTask("word-sums");
    assert.ok(heldOut.verifiable);
    const { game } = gameOf("word-sums", [heldOut.heldOut()[0]!, "What is 1 plus 2?"]);
    assert.match((await fates(game))[0]!, /set aside for measuring/);
  });

  test("of an open game writes anything but nothing, a copy of the form, or half a text", async () => {
    const { game } = gameOf("open", [" Why? ", "", "{input}", `${startMarker} a ${startMarker} b`, "Because…", "Why?"]);
    const [why, empty, copied, twice, cut, again] = await fates(game);
    assert.equal(why, "Why?");
    assert.match(empty!, /it is empty/);
    assert.match(copied!, /the placeholder \{input\} was not filled in/);
    assert.match(twice!, /more than one input/);
    assert.match(cut!, /cut at the token limit/);
    assert.match(again!, /in this round already/);
  });

  test("is asked for one of each list, query by query, the same in every session and other in other rounds", async () => {
    const tasks = ["Chess", "Go", "Poker"];
    const settings = { task: tasks, template: ["Why {x}?", "How {x}?"] };
    const asked = async (round: number): Promise<string[]> => {
      const { game, prompts } = gameOf("open", Array.from({ length: 40 }, String), settings);
      await challenge(game, round, {});
      return prompts.map(
        (prompt) => `${tasks.find((each) => prompt.includes(`"${each}"`))} ${/(Why|How) \{x\}/.exec(prompt)![1]}`,
      );
    };
    const first = await asked(1);
    assert.equal(new Set(first).size, 6, "every task with every template");
    assert.deepEqual(await asked(1), first);
    assert.notDeepEqual(await asked(2), first);
  });
});
