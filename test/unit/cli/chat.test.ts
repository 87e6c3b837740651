import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AbortedError, SparringError } from "../../../daemon/errors.ts";
import type { ResultOf } from "../../../daemon/protocol.ts";
import { sparring } from "./fake-cli.ts";
import { FakeDaemon } from "./fake-daemon.ts";

type Messages = readonly { readonly role: string; readonly content: string }[];

function answerTo(messages: Messages): ResultOf<"sparring/checkpoint/chat"> {
  const text = `answer ${messages.length} to ${messages.at(-1)!.content}`;
  return { text, tokens: 4, stop: "stop", waitedSeconds: 0, weights: "the newest weights, after round 3" };
}

function daemonThatAnswers(answer: (messages: Messages) => ReturnType<typeof answerTo> = answerTo): FakeDaemon {
  const daemon = new FakeDaemon({ "sparring/checkpoint/chat": ({ messages }) => answer(messages) });
  daemon.add({ id: "mine", round: 3 });
  return daemon;
}

describe("chat from a pipe", () => {
  test("answers line by line, and the conversation goes along", async () => {
    const daemon = daemonThatAnswers();
    const { code, stdout, calls } = await sparring(["chat", "mine"], { daemon, stdin: "one\n\ntwo\n" });
    assert.equal(code, 0);
    assert.equal(stdout, "answer 1 to one\nanswer 3 to two\n");
    assert.deepEqual(calls.at(-1)![1], {
      run: "mine",
      messages: [
        { role: "user", content: "one" },
        { role: "assistant", content: "answer 1 to one" },
        { role: "user", content: "two" },
      ],
    });
  });
  test("hands over whose weights answer, and how", async () => {
    const more = ["--temperature", "0", "--max-tokens", "9", "--seed", "7"];
    const of = async (...args: string[]) =>
      (await sparring(["chat", ...args, ...more], { daemon: daemonThatAnswers(), stdin: "x\n" })).calls.at(-1)![1];
    const fixed = { run: "mine", messages: [{ role: "user", content: "x" }], temperature: 0, maxTokens: 9, seed: 7 };
    assert.deepEqual(await of("mine@2"), { ...fixed, weights: { checkpoint: 2 } });
    assert.deepEqual(await of("mine", "--reference"), { ...fixed, weights: "reference" });
  });
  test("--json prints an answer a line", async () => {
    const { stdout } = await sparring(["chat", "mine", "--json"], { daemon: daemonThatAnswers(), stdin: "a\nb\n" });
    assert.deepEqual(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).text),
      ["answer 1 to a", "answer 3 to b"],
    );
  });
  test("makes what a model wrote harmless", async () => {
    const daemon = daemonThatAnswers((messages) => ({ ...answerTo(messages), text: "a\u001b[2J\nb\u202e" }));
    const { stdout } = await sparring(["chat", "mine"], { daemon, stdin: "x\n" });
    assert.equal(stdout, "a\\u{1b}[2J\nb\\u{202e}\n");
  });
  test("ends with the first error", async () => {
    const daemon = daemonThatAnswers(() => {
      throw new SparringError("chat/too-long", "the conversation has 300 tokens", "Begin a new one.");
    });
    const { code, stderr, calls } = await sparring(["chat", "mine"], { daemon, stdin: "a\nb\n" });
    assert.equal(code, 1);
    assert.match(stderr, /the conversation has 300 tokens \(chat\/too-long\)/);
    assert.equal(calls.filter(([method]) => method === "sparring/checkpoint/chat").length, 1);
  });
});

describe("chat on a terminal", () => {
  const world = { isTTY: true, env: { NO_COLOR: "1" }, columns: 80 };

  test("says whose weights answered; an error does not end it, nor does it stay in the conversation", async () => {
    let isFirst = true;
    const daemon = daemonThatAnswers((messages) => {
      if (isFirst) {
        isFirst = false;
        throw new SparringError("chat/too-long", "too long", "Begin anew.");
      }
      return { ...answerTo(messages), stop: "length", waitedSeconds: 3.2 };
    });
    // Ctrl+D ends it.
    const { code, stdout } = await sparring(["chat", "mine"], { ...world, daemon, stdin: "one\ntwo\n\u0004" });
    assert.equal(code, 0);
    assert.match(stdout, /error: too long \(chat\/too-long\)/);
    assert.match(
      stdout,
      /it {3}answer 1 to two\n {5}the newest weights, after round 3 · 4 tokens · cut at the limit · waited 3 s\n/,
    );
  });

  test("Ctrl+C cancels an answer, and then leaves", async () => {
    let interrupt = (): void => {};
    const daemon = new FakeDaemon({
      "sparring/checkpoint/chat": () =>
        new Promise((_, reject) => {
          setImmediate(() => {
            interrupt();
            reject(new AbortedError("chat"));
            setImmediate(() => interrupt());
          });
        }),
    });
    daemon.add({ id: "mine" });
    const onInterrupt = (handler: () => void): (() => void) => {
      interrupt = handler;
      return () => {};
    };
    const { code, stdout } = await sparring(["chat", "mine"], {
      ...world,
      daemon,
      stdin: "one\n",
      cli: { onInterrupt },
    });
    assert.equal(code, 0);
    assert.match(stdout, /\(cancelled\)/);
  });
});

describe("chat --replay", () => {
  function daemon(): FakeDaemon {
    const answer = { stop: "stop" as const, logprob: -1.5, reward: 1, selfReward: 6 };
    const fake = new FakeDaemon({
      "sparring/sample/replay": () => ({
        query: "3+4\u001b[2J",
        answers: [
          {
            ...answer,
            text: "7",
            rationale: "sound\u0007",
            rewardRationale: "3+4\nis 7",
            criteria: [1, 1, 1, 1, 1, 1, 0],
          },
          { ...answer, text: "8\u0007", reward: null, selfReward: null, unscored: "time-out" },
        ],
        waitedSeconds: 0,
        weights: "checkpoint of round 50",
      }),
    });
    fake.add({ id: "mine" });
    return fake;
  }
  test("shows fresh answers with their scores", async () => {
    const { code, stdout, calls } = await sparring(["chat", "mine@50", "--replay", "12:3", "--answers", "2"], {
      daemon: daemon(),
    });
    assert.equal(code, 0);
    assert.deepEqual(calls.at(-1), [
      "sparring/sample/replay",
      { run: "mine", round: 12, query: 3, answers: 2, weights: { checkpoint: 50 } },
    ]);
    assert.equal(
      stdout,
      `3+4\\u{1b}[2J
answered by checkpoint of round 50
     7
       right       S 6.0  log p -1.50
       R    1.000     reward of the verifier or reward model
            The judge says:
           │ 3+4
           │ is 7
       R_Q  6.000     self-reward, 0 to 7
            The judge says: sound‹U+0007›
       The judge's criteria:
            1 ■ Task identifiable
            2 ■ Instruction clear and specific
            3 ■ Answer understandable
            4 ■ Addresses a significant part
            5 ■ Answers the core elements
            6 ■ Clear, concise, organised
            7 □ Form and style
     8\\u{7}
       time-out    log p -1.50
`,
    );
  });
  test("as JSON", async () => {
    const { stdout } = await sparring(["chat", "mine", "--replay", "12:3", "--json"], { daemon: daemon() });
    assert.equal(JSON.parse(stdout).answers.length, 2);
  });
});
