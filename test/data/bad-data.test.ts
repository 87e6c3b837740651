import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { describe, test } from "node:test";
import { openDataFile } from "../../daemon/data/file-dataset.ts";
import { maxPieceBytes } from "../../daemon/data/pieces.ts";
import { requireSameData } from "../../daemon/data/same-data.ts";
import { tokensOf } from "../../daemon/data/tokens.ts";
import { SparringError } from "../../daemon/errors.ts";
import type { ChatMessage } from "../../daemon/models/chat-template.ts";
import { allRecords, dataFile, found, jsonLines, opened } from "./files.ts";

const record = (text: string): string => JSON.stringify({ prompt: text, completion: "yes" });

describe("bad data are counted, with their lines", () => {
  test("in JSON Lines", async (t) => {
    const lines = [
      record("a"),
      "{broken",
      "",
      record("a"),
      "[1]",
      "null",
      '{"prompt":"b"}',
      record("z"),
      "{}",
      "}",
      "x",
    ];
    const { count, skipped, tolerated } = await opened(t, lines.join("\n"));
    assert.equal(count, 2);
    assert.deepEqual(found(skipped), [
      "not-json: 2 10",
      "duplicate: 4",
      "not-an-object: 5 6",
      "missing-field: 7",
      "missing-field: 9",
      "cut-off: 11",
    ]);
    assert.deepEqual(found(tolerated), ["blank-line: 3"]);
  });
  test("and the first five lines are named, of however many", async (t) => {
    const { skipped } = await opened(t, `${record("a")}\n${"{\n".repeat(8)}`);
    assert.deepEqual(found(skipped), ["not-json: 2 3 4 5 6 of 8"]);
  });
  test("before the first record of a known kind", async (t) => {
    const { skipped } = await opened(t, `{"text":"a"}\n${record("a")}\n`);
    assert.deepEqual(found(skipped), ["unknown-fields: 1"]);
  });
  test("in a JSON array, which goes on behind them", async (t) => {
    const dataset = await opened(t, `[${record("a")},\n{"a"}},\n[[1]], 5,\n${record("a")}, ${record('b]}"')},]\n`);
    assert.deepEqual(found(dataset.skipped), ["not-json: 2", "not-an-object: 3 3", "duplicate: 4"]);
    assert.deepEqual(
      (await allRecords(dataset)).map(({ line, prompt }) => [line, prompt[0]!.content]),
      [
        [1, "a"],
        [4, 'b]}"'],
      ],
    );
  });
  test("where bytes are not UTF-8", async (t) => {
    const bytes = Buffer.concat([Buffer.from(`${record("a")}\n{"prompt":"`), Buffer.of(0xff), Buffer.from('"}\n')]);
    const { skipped } = await opened(t, bytes);
    assert.deepEqual(found(skipped), ["not-unicode: 2"]);
  });
  test("where a file ends within a character", async (t) => {
    const bytes = Buffer.from(`${record("a")}\n{"prompt":"ä`);
    const { skipped } = await opened(t, bytes.subarray(0, -1));
    assert.deepEqual(found(skipped), ["cut-off: 2"]);
  });
  test("where a record is longer than 8 MiB", async (t) => {
    const dataset = await opened(t, `${record("x".repeat(maxPieceBytes))}\n${record("a")}\n`);
    assert.deepEqual(found(dataset.skipped), ["above-8-mib: 1"]);
    assert.equal((await dataset.record(0)).line, 2);
  });
});

describe("for a model", () => {
  /** Each character is a token; the template writes one, and knows no "no". */
  const encoder = {
    eosToken: 0,
    encode: (text: string) => [...text].map((char) => char.codePointAt(0)!),
    renderPrompt: (messages: readonly ChatMessage[]) => {
      const text = messages.map(({ content }) => content).join("");
      if (text === "no") throw new SparringError("model/chat-template", "the template refuses", "Change it.");
      return [1, ...encoder.encode(text)];
    },
  };

  test("too long is what has more tokens with its end; the longer answer counts, and nothing is cut", async (t) => {
    const pair = (prompt: string, chosen: string, rejected: string): object => ({ prompt, chosen, rejected });
    const content = jsonLines(
      pair("a", "123", "1"),
      pair("b", "1", "1234"),
      pair("ab", "123", "1"),
      pair("c", "1", "2"),
    );
    const dataset = await opened(t, content, { limit: { encoder, maxTokens: 6 } });
    assert.deepEqual(found(dataset.skipped), ["too-long: 2 3"]);
    const [first] = await allRecords(dataset);
    assert.deepEqual(tokensOf(first!, encoder), { prompt: [1, 97], chosen: [49, 50, 51, 0], rejected: [49, 0] });
  });
  test("what its template refuses is skipped", async (t) => {
    const dataset = await opened(t, `${record("no")}\n${record("a")}\n`, { limit: { encoder, maxTokens: 9 } });
    assert.deepEqual(found(dataset.skipped), ["refused-by-template: 1"]);
  });
});

describe("harmless habits of files are read, and told", () => {
  test("a byte order mark and CR LF", async (t) => {
    const dataset = await opened(t, `\ufeff${record("a")}\r\n${record("b")}\r\n`);
    assert.deepEqual(
      (await allRecords(dataset)).map(({ line }) => line),
      [1, 2],
    );
    assert.deepEqual(found(dataset.tolerated), ["byte-order-mark: 1", "crlf: 1 2"]);
  });
  test("a byte order mark before an array", async (t) => {
    const dataset = await opened(t, `\ufeff [${record("ä")},${record("b")}]`);
    assert.deepEqual(
      (await allRecords(dataset)).map(({ prompt }) => prompt[0]!.content),
      ["ä", "b"],
    );
  });
  test("a last line without its newline", async (t) => {
    const dataset = await opened(t, `${record("a")}\n${record("b")}`);
    assert.equal(dataset.count, 2);
    assert.deepEqual(dataset.skipped, []);
  });
});

describe("a file is refused", () => {
  const refused: readonly [what: string, content: string | Uint8Array, code: string, message: RegExp][] = [
    ["that is empty", "", "data/no-records", /it is empty/],
    ["without a usable record", "{\n{\n", "data/no-records", /2 × it is not JSON \(lines 1, 2\)/],
    ["that is packed", Buffer.of(0x1f, 0x8b, 8), "data/not-json", /gzip/],
    ["that is Parquet", "PAR1", "data/not-json", /Parquet/],
    ["in UTF-16", Buffer.from(`\ufeff${record("a")}`, "utf16le"), "data/not-json", /UTF-16/],
    ["whose array ends too early", `[${record("a")}, {"prompt": "b"`, "data/open-array", /not closed/],
    ["with something behind its array", `[${record("a")}]\n[${record("b")}]`, "data/after-array", /follows the end/],
  ];
  for (const [what, content, code, message] of refused) {
    test(what, async (t) => assert.rejects(opened(t, content), { code, message }));
  }
  test("that is not there", async () => assert.rejects(openDataFile("/nowhere/x.jsonl"), { code: "data/not-found" }));
  test("that is a folder", async () => assert.rejects(openDataFile("/"), { code: "data/not-a-file" }));
});

describe("a file that changes", () => {
  test("while it is open is not read on", async (t) => {
    const file = dataFile(t, jsonLines({ prompt: "a", completion: "b" }));
    const dataset = await openDataFile(file);
    t.after(() => dataset.close());
    await dataset.record(0);
    appendFileSync(file, "\n");
    await assert.rejects(dataset.record(0), { code: "data/changed" });
  });
  test("between two sessions of a run is told by its fingerprint", async (t) => {
    const [first, same, other] = await Promise.all(
      [record("a"), record("a"), `${record("a")}\n`].map((content) => opened(t, content)),
    );
    requireSameData(same!, first!.fingerprint);
    assert.throws(() => requireSameData(other!, first!.fingerprint), { code: "data/other-data" });
    // sha256sum of the bytes
    assert.match(first!.fingerprint, /^sha256:[0-9a-f]{64}$/);
  });
});

test("reading ends when it is cancelled", async (t) => {
  await assert.rejects(opened(t, record("a"), { signal: AbortSignal.abort() }), { name: "AbortedError" });
});

test("records are read in any order, and none beyond the last", async (t) => {
  const dataset = await opened(t, jsonLines(...["a", "b", "c"].map((prompt) => ({ prompt, completion: "x" }))));
  assert.equal((await dataset.record(2)).prompt[0]!.content, "c");
  assert.equal((await dataset.record(0)).prompt[0]!.content, "a");
  await assert.rejects(dataset.record(3), RangeError);
});
