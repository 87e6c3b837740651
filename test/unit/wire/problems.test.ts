import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCodes, ResponseError } from "vscode-jsonrpc/node";
import { ConfigError } from "../../../daemon/config/problem.ts";
import { AbortedError, NeedsAgreementError, SparringError } from "../../../daemon/errors.ts";
import { problemErrorCode } from "../../../daemon/protocol.ts";
import { fromResponseError, ProblemsError, toResponseError } from "../../../daemon/wire/problems.ts";

/** What a client gets of what a daemon threw, after a way through JSON. */
function across(error: unknown): Error {
  const { code, message, data } = toResponseError(error, () => {});
  const sent = JSON.parse(JSON.stringify({ code, message, data }));
  return fromResponseError(new ResponseError(sent.code, sent.message, sent.data));
}

describe("an error on the wire", () => {
  test("keeps code, sentence, place and next step", () => {
    const thrown = new SparringError("store/unknown-run", "No run.", "Look.", {
      place: "here",
      cause: new Error("secret"),
    });
    assert.equal(toResponseError(thrown, () => {}).code, problemErrorCode);
    const got = across(thrown);
    assert.ok(got instanceof SparringError);
    assert.deepEqual([got.code, got.message, got.next, got.place], ["store/unknown-run", "No run.", "Look.", "here"]);
    assert.equal(got.cause, undefined);
    assert.equal((across(new SparringError("a/b", "m", "n")) as SparringError).place, undefined);
  });

  test("keeps all problems of a config", () => {
    const problem = (n: number): { code: string; message: string; next: string; place: string | undefined } => ({
      code: `config/p${n}`,
      message: `m${n}`,
      next: "n",
      place: n === 1 ? "f:1:1" : undefined,
    });
    const got = across(new ConfigError([problem(1), problem(2)]));
    assert.ok(got instanceof ProblemsError);
    assert.equal(got.code, "config/invalid");
    assert.deepEqual(
      got.problems.map(({ code, place }) => [code, place]),
      [
        ["config/p1", "f:1:1"],
        ["config/p2", undefined],
      ],
    );
    assert.ok(!(across(new ConfigError([problem(1)])) instanceof ProblemsError), "one problem is the error itself");
  });

  test("keeps the servers that are to be agreed to", () => {
    const got = across(new NeedsAgreementError("run/needs-agreement", "m", "n", ["https://a.example"]));
    assert.ok(got instanceof NeedsAgreementError);
    assert.deepEqual([got.code, got.next, got.origins], ["run/needs-agreement", "n", ["https://a.example"]]);
  });

  test("tells a cancellation", () => {
    assert.ok(across(new AbortedError("chat")) instanceof AbortedError);
  });

  test("tells nothing of a bug but that there is one", () => {
    const bug = new TypeError("/home/ada/secret is not a function");
    const reported: unknown[] = [];
    const sent = toResponseError(bug, (found) => reported.push(found));
    assert.equal(sent.code, ErrorCodes.InternalError);
    assert.doesNotMatch(JSON.stringify(sent), /secret|problems\.test/);
    assert.deepEqual(reported, [bug]);
    assert.equal((across(bug) as SparringError).code, "protocol/internal-error");
  });

  test("of another program is told as it came", () => {
    assert.match(fromResponseError(new ResponseError(-1, "strange")).message, /strange \(-1\)/);
    assert.equal(fromResponseError(new Error("plain")).message, "plain");
  });
});
