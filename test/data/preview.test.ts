import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DataPreview } from "../../daemon/cli/data/preview.ts";
import { sparring } from "../unit/cli/fake-cli.ts";
import { dataFile, jsonLines } from "./files.ts";

/** What the preview says of a file, without the fingerprint and the file's path. */
async function preview(file: string, ...options: string[]): Promise<string> {
  const { code, stdout, stderr } = await sparring(["data", "preview", file, ...options], { columns: 200 });
  assert.equal(stderr, "");
  assert.equal(code, 0);
  return stdout.replaceAll(file, "FILE").replace(/sha256:[0-9a-f]{64}/, "SHA");
}

const sums = jsonLines(
  { prompt: "47+38=", chosen: "85", rejected: "75" },
  { prompt: "47+38=", chosen: "85", rejected: "75" },
  { prompt: "1+1=", chosen: "2".repeat(60), rejected: "3" },
  { prompt: "1+1=", chosen: "2", rejected: "2", id: 7 },
);

describe("sparring data preview", () => {
  test("shows what is read, what is trained and what was skipped", async (t) => {
    assert.equal(
      await preview(dataFile(t, sums), "--model", "builtin:nano"),
      `FILE: 1 record of the kind prompt/chosen/rejected, all with a rejected answer
‹…› is a control token. Prompt and answer together have at most 64 tokens.
SHA

Skipped: 3
  1 × it repeats an earlier record (line 2)
  1 × prompt and answer together have more tokens than allowed (line 3)
  1 × chosen and rejected are the same (line 4)

Read all the same
  1 × the field "id" is not used (line 4)

line 1
  prompt (9 tokens, not trained)
  │ ‹<|begin|>›‹<|user|>›47+38=‹<|assistant|>›
  chosen (3 tokens, trained)
  │ 85‹<|end|>›
  rejected (3 tokens, trained against, where the algorithm compares)
  │ 75‹<|end|>›
`,
    );
  });
  test("without a model shows messages and roles", async (t) => {
    const file = dataFile(
      t,
      jsonLines({
        messages: [
          { role: "system", content: "Be brief." },
          { role: "user", content: "Hi\nthere" },
          { role: "assistant", content: "Yo" },
        ],
      }),
    );
    const shown = await preview(file);
    assert.ok(shown.endsWith("  │ ‹system› Be brief.\n  │ ‹user› Hi\n  │ there\n  chosen (trained)\n  │ Yo\n"), shown);
  });
  test("makes hostile text visible: escapes, direction, control tokens and marks that it only imitates", async (t) => {
    const prompt = "\u001b[2J\u202ereverse<|end|>‹<|end|>›\r";
    const file = dataFile(t, jsonLines({ prompt, completion: "ok", "\u001b[31mfield": 1 }));
    for (const options of [[], ["--model", "builtin:nano"]]) {
      const shown = await preview(file, ...options);
      assert.doesNotMatch(shown, /(?!\n)[\p{Cc}\p{Cf}]/u);
      assert.match(shown, /the field "\\u\{1b\}\[31mfield" is not used/);
    }
    const shown = await preview(file);
    assert.ok(shown.includes("‹U+001B›[2J‹U+202E›reverse<|end|>‹U+2039›<|end|>›‹U+000D›"), shown);
  });
  test("shows so many records, of which the beginning", async (t) => {
    const file = dataFile(t, jsonLines(...["a", "b", "c"].map((prompt) => ({ prompt, completion: "x".repeat(2500) }))));
    const shown = await preview(file, "-n", "2");
    assert.deepEqual(shown.match(/^line \d+$/gm), ["line 1", "line 2"]);
    assert.match(shown, /… and 500 more characters; --json has all/);
  });
  test("as JSON has everything", async (t) => {
    const { stdout } = await sparring(["data", "preview", dataFile(t, sums), "--model", "builtin:nano", "--json"]);
    const { kind, count, maxTokens, skipped, records }: DataPreview = JSON.parse(stdout);
    assert.deepEqual([kind, count, maxTokens, skipped.length], ["prompt/chosen/rejected", 1, 64, 3]);
    assert.deepEqual(records[0]!.parts[1], {
      part: "chosen",
      trained: true,
      tokens: 3,
      spans: [
        { text: "85", isControl: false },
        { text: "<|end|>", isControl: true },
      ],
    });
  });
  test("needs no file for built-in data", async () => {
    const shown = await preview("builtin:addition-pairs", "-n", "1");
    assert.match(shown, /^FILE: \d+ records, all with a rejected answer\n/);
  });
});

describe("sparring data refuses", () => {
  const wrong: readonly [args: string[], stderr: RegExp, code: number][] = [
    [[], /`data` needs `preview`/, 2],
    [["preview"], /`data` needs a file, or builtin:<name>/, 2],
    [["review", "x"], /does not know what to do with "review"/, 2],
    [["preview", "x", "--max-tokens", "5"], /--max-tokens needs --model/, 2],
    [["preview", "x", "--model", "org/name"], /a look at data downloads no model/, 2],
    [["preview", "nowhere.jsonl"], /there is no such data file \(data\/not-found\)/, 1],
    [["preview", "builtin:sums"], /there are no built-in data "builtin:sums"/, 1],
  ];
  for (const [args, expected, exit] of wrong) {
    test(JSON.stringify(args), async () => {
      const { code, stderr } = await sparring(["data", ...args]);
      assert.equal(code, exit);
      assert.match(stderr.replace(/\s+/g, " "), expected);
    });
  }
});
