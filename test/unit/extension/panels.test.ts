import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SparringError } from "../../../daemon/errors.ts";
import type { Method, NotificationMethod } from "../../../daemon/protocol.ts";
import { Conversation, type Surroundings } from "../../../extension/panels/conversation.ts";
import { inputOf } from "../../../extension/panels/inputs.ts";
import { parseMessage } from "../../../extension/panels/messages.ts";
import { keyOf, titleOf } from "../../../extension/panels/names.ts";
import { pageOf } from "../../../extension/panels/page.ts";
import type { FromHost, PanelName } from "../../../webview/shared/messages.ts";

interface Question {
  readonly method: Method;
  readonly params: unknown;
  readonly signal: AbortSignal | undefined;
  readonly answer: (result: unknown) => void;
  readonly fail: (error: Error) => void;
}

/** A panel's host in a window that the test plays. */
function panel(name: PanelName, input: unknown = { run: "a" }) {
  const posted: FromHost[] = [];
  const questions: Question[] = [];
  const watched: string[] = [];
  const commands: unknown[] = [];
  const logged: unknown[] = [];
  const judging: string[] = [];
  const titles: string[] = [];
  const listeners = new Map<NotificationMethod, (params: never) => void>();
  let changeState = (): void => {};
  const daemon = {
    state: "connected" as "connected" | "away",
    problem: undefined as SparringError | undefined,
    request: (method: Method, params: unknown, { signal }: { signal?: AbortSignal } = {}) =>
      new Promise((answer, fail) => questions.push({ method, params, signal, answer, fail })),
    on: (method: NotificationMethod, listener: (params: never) => void) => {
      listeners.set(method, listener);
      return () => void listeners.delete(method);
    },
    onState: (listener: () => void) => {
      changeState = listener;
      return () => {};
    },
  };
  const conversation = new Conversation(name, input, {
    daemon: daemon as unknown as Surroundings["daemon"],
    runs: {
      watch: (run) => {
        watched.push(`+${run}`);
        return () => watched.push(`-${run}`);
      },
      progressOf: () => undefined,
    },
    askingJudges: (runs, work) => {
      judging.push(...runs);
      return work();
    },
    post: (message) => posted.push(message),
    setTitle: (title) => titles.push(title),
    runCommand: (command, args) => commands.push([command, args]),
    settings: () => ({ rater: "Ada" }),
    log: (error) => logged.push(error),
  });
  const tell = (method: NotificationMethod, params: object): void => listeners.get(method)?.(params as never);
  return {
    conversation,
    daemon,
    posted,
    questions,
    watched,
    commands,
    logged,
    judging,
    titles,
    tell,
    listeners,
    changeState: () => changeState(),
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the host of a panel", () => {
  test("opens it when its script is ready, and says whether the daemon is there", () => {
    const { conversation, posted, daemon, changeState } = panel("rate", { run: "a", round: 3 });
    conversation.show({ run: "a", round: 4 });
    assert.deepEqual(posted, []);
    conversation.hear({ type: "ready" });
    daemon.state = "away";
    daemon.problem = new SparringError("client/no-daemon", "None runs.", "Start one.");
    changeState();
    assert.deepEqual(posted, [
      { type: "open", panel: "rate", input: { run: "a", round: 4 }, settings: { rater: "Ada" } },
      { type: "connection", state: "connected" },
      { type: "connection", state: "away", why: "None runs. Start one." },
    ]);
  });

  test("passes questions of its own verbs on, and refuses all others", async () => {
    const { conversation, posted, questions } = panel("lineage");
    conversation.hear({ type: "ready" });
    conversation.hear({ type: "ask", id: 1, method: "sparring/run/list", params: { limit: 5 } });
    for (const [i, method] of [
      "sparring/daemon/shutdown",
      "sparring/round/get",
      "constructor",
      "initialize",
    ].entries()) {
      conversation.hear({ type: "ask", id: 10 + i, method, params: {} });
    }
    questions[0]!.answer({ runs: [], next: null });
    await settled();
    assert.deepEqual(
      questions.map(({ method, params }) => [method, params]),
      [["sparring/run/list", { limit: 5 }]],
    );
    const failures = posted.flatMap((message) =>
      message.type === "failure" ? [[message.id, message.problem.code]] : [],
    );
    assert.deepEqual(
      failures,
      [10, 11, 12, 13].map((id) => [id, "extension/not-for-panels"]),
    );
    assert.deepEqual(posted.at(-1), { type: "answer", id: 1, result: { runs: [], next: null } });
  });

  test("has those asked who must agree before a comparison, and nobody for another question", async () => {
    const { conversation, questions, judging } = panel("compare");
    conversation.hear({ type: "ready" });
    const sides = [{ run: "a", weights: "current" }, { run: "b", weights: "reference" }, null, { run: 7 }];
    const method = "sparring/checkpoint/compare";
    conversation.hear({ type: "ask", id: 1, method: "sparring/run/get", params: { run: "c" } });
    for (const [i, params] of [{ sides }, { sides: "x" }, null].entries()) {
      conversation.hear({ type: "ask", id: 2 + i, method, params });
    }
    await settled();
    assert.equal(questions.length, 4, "what can't be read is for the daemon to refuse");
    assert.deepEqual(judging, ["a", "b"]);
  });

  test("tells a failure with code and next step, and of a bug no more than that it is one", async () => {
    const { conversation, posted, questions, logged } = panel("lineage");
    conversation.hear({ type: "ready" });
    for (const id of [1, 2]) conversation.hear({ type: "ask", id, method: "sparring/run/list", params: {} });
    questions[0]!.fail(new SparringError("store/gone", "It is gone.", "Refresh.", { place: "/x" }));
    questions[1]!.fail(new TypeError("secret path"));
    await settled();
    const problems = posted.flatMap((message) => (message.type === "failure" ? [message.problem] : []));
    assert.deepEqual(problems[0], { code: "store/gone", message: "It is gone.", next: "Refresh.", place: "/x" });
    assert.equal(problems[1]?.code, "extension/bug");
    assert.doesNotMatch(problems[1].message, /secret/);
    assert.equal(logged.length, 1);
  });

  test("cancels a question, and all of them when the script begins again or the panel is closed", async () => {
    const { conversation, questions, posted, watched, listeners } = panel("rounds");
    conversation.hear({ type: "ready" });
    conversation.hear({ type: "watch", run: "a" });
    for (const id of [1, 2]) conversation.hear({ type: "ask", id, method: "sparring/run/list", params: {} });
    conversation.hear({ type: "cancel", id: 1 });
    assert.deepEqual(
      questions.map(({ signal }) => signal?.aborted),
      [true, false],
    );
    conversation.hear({ type: "ready" });
    assert.equal(questions[1]!.signal?.aborted, true);
    posted.length = 0;
    questions[1]!.answer({});
    await settled();
    assert.deepEqual(posted, [], "an answer for the script before is not for the one now");
    conversation.hear({ type: "watch", run: "b" });
    conversation.dispose();
    assert.deepEqual(watched, ["+a", "-a", "+b", "-b"]);
    assert.equal(listeners.size, 0);
  });

  test("tells what the daemon tells, but for progress of runs that the panel does not watch", () => {
    const { conversation, posted, tell, watched } = panel("rounds");
    tell("sparring/run/changed", { id: "early" });
    conversation.hear({ type: "ready" });
    conversation.hear({ type: "watch", run: "a" });
    conversation.hear({ type: "watch", run: "a" });
    for (const run of ["a", "b"]) tell("sparring/round/progress", { run });
    tell("sparring/rating/changed", { run: "b", ratings: 1 });
    const told = posted.flatMap((message) => (message.type === "told" ? [message.params] : []));
    assert.deepEqual(told, [{ run: "a" }, { run: "b", ratings: 1 }]);
    assert.deepEqual(watched, ["+a"]);
  });

  test("runs commands and sets its title", () => {
    const { conversation, commands, titles } = panel("rounds");
    conversation.hear({ type: "command", command: "sparring.pause", args: { run: "a" } });
    conversation.hear({ type: "title", title: "Rounds: a" });
    assert.deepEqual([commands, titles], [[["sparring.pause", { run: "a" }]], ["Rounds: a"]]);
  });
});

describe("what a panel posts", () => {
  test("is taken where it is of the contract, and nowhere else", () => {
    assert.deepEqual(parseMessage({ type: "ready", more: 1 }), { type: "ready" });
    assert.equal(parseMessage({ type: "command", command: "sparring.why", args: {} })?.type, "command");
    for (const bad of [
      undefined,
      "ready",
      { type: "open" },
      { type: "ask", id: "1", method: "x", params: {} },
      { type: "command", command: "workbench.action.terminal.new", args: {} },
      { type: "command", command: "toString", args: {} },
      { type: "watch", run: "../x" },
    ]) {
      assert.equal(parseMessage(bad), undefined);
    }
  });
});

describe("a panel's page", () => {
  test("allows one script, the extension's styles, and nothing else", () => {
    const html = pageOf({
      panel: "rounds",
      script: "vs:/rounds.js",
      style: "vs:/rounds.css",
      cspSource: "vs:",
      nonce: "n1",
    });
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1];
    assert.equal(
      policy,
      "default-src 'none'; script-src 'nonce-n1'; style-src vs:; font-src vs:; base-uri 'none'; form-action 'none'",
    );
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.match(html, /<script nonce="n1" src="vs:\/rounds.js"><\/script>/);
  });

  test("opens again with what it had, where that is still an input", () => {
    assert.deepEqual(inputOf("rounds", { run: "a", round: 3, more: 1 }), { run: "a", round: 3 });
    assert.equal(inputOf("rounds", { run: undefined }), undefined);
    assert.equal(inputOf("rate", { run: "../a" }), undefined);
    assert.deepEqual(inputOf("lineage", {}), {});
    assert.notEqual(keyOf("rounds", { run: "a" }), keyOf("rounds", { run: "b" }));
    assert.equal(keyOf("lineage", { run: "a" }), keyOf("lineage", {}));
    assert.equal(titleOf("compare", { run: "a" }), "Compare: a");
  });
});
