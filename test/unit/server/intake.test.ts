import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Message } from "vscode-jsonrpc/node";
import { Intake } from "../../../daemon/server/intake.ts";
import { MalformedMessage } from "../../../daemon/wire/message.ts";

const request = (id: string | number, method = "sparring/run/list"): Message =>
  ({ jsonrpc: "2.0", id, method }) as Message;
const notification = (method: string, params?: object): Message => ({ jsonrpc: "2.0", method, params }) as Message;
const cancel = (id: string | number): Message => notification("$/cancelRequest", { id });

function gateOf(saidHello = true): { intake: Intake; refused: string[]; flow: string[]; hello: () => void } {
  const refused: string[] = [];
  const flow: string[] = [];
  let said = saidHello;
  const intake = new Intake({
    saidHello: () => said,
    refuse: (_request, why) => refused.push(why.code),
    pause: () => flow.push("pause"),
    resume: () => flow.push("resume"),
  });
  return {
    intake,
    refused,
    flow,
    hello: () => {
      said = true;
    },
  };
}

describe("the intake", () => {
  test("lets hello through first, and nothing else", () => {
    const { intake, refused, hello } = gateOf(false);
    assert.equal(intake.enter(request(1)), false);
    assert.equal(intake.enter(request(2, "initialize")), false);
    assert.equal(intake.enter(notification("exit")), false);
    assert.deepEqual(refused, ["protocol/hello-first", "protocol/hello-first"]);
    assert.equal(intake.enter(request(1, "sparring/hello")), true);
    hello();
    assert.equal(intake.enter(request(3)), true);
  });

  test("takes no id twice, however it is written, until it is answered", () => {
    const { intake } = gateOf();
    intake.enter(request(1));
    assert.throws(() => intake.enter(request("1")), MalformedMessage);
    intake.answered(1);
    assert.equal(intake.enter(request("1")), true);
  });

  test("has 64 requests under way at most", () => {
    const { intake, refused } = gateOf();
    for (let id = 0; id < 64; id++) assert.equal(intake.enter(request(id)), true);
    assert.equal(intake.enter(request(64)), false);
    assert.deepEqual(refused, ["protocol/busy"]);
    intake.answered(7);
    assert.equal(intake.enter(request(65)), true);
  });

  test("passes one cancellation of a request that is under way", () => {
    const { intake } = gateOf();
    assert.equal(intake.enter(cancel(1)), false);
    intake.enter(request(1));
    assert.equal(intake.enter(cancel(1)), true);
    assert.equal(intake.enter(cancel(1)), false);
  });

  test("drops answers to nothing", () => {
    assert.equal(gateOf().intake.enter({ jsonrpc: "2.0", id: 1, result: null } as Message), false);
  });

  test("reads no further while messages wait, and goes on when half of them are gone", () => {
    const { intake, flow } = gateOf();
    const news = notification("x");
    for (let i = 0; i < 129; i++) intake.enter(news);
    assert.deepEqual(flow, ["pause"]);
    for (let i = 0; i < 65; i++) intake.dispatched(news);
    assert.deepEqual(flow, ["pause", "resume"]);
  });

  test("keeps the books right whatever comes (property)", () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant("request" as const), id: fc.integer({ min: 0, max: 99 }) }),
      fc.record({ kind: fc.constantFrom("cancel" as const, "answer" as const), id: fc.integer({ min: 0, max: 99 }) }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 300 }), (events) => {
        const { intake } = gateOf();
        const open = new Set<number>();
        const cancelled = new Set<number>();
        for (const { kind, id } of events) {
          if (kind === "answer") {
            intake.answered(id);
            open.delete(id);
            cancelled.delete(id);
          } else if (kind === "cancel") {
            assert.equal(intake.enter(cancel(id)), open.has(id) && !cancelled.has(id));
            if (open.has(id)) cancelled.add(id);
          } else if (open.has(id)) assert.throws(() => intake.enter(request(id)), MalformedMessage);
          else {
            assert.equal(intake.enter(request(id)), open.size < 64);
            if (open.size < 64) open.add(id);
          }
        }
      }),
    );
  });
});
