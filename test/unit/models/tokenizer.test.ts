import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { spelling } from "../../../daemon/models/control-tokens.ts";
import { ChatTokenizer } from "../../../daemon/models/tokenizer.ts";
import { folderOf } from "./folder.ts";

const fixtures = join(import.meta.dirname, "fixtures");

/** What transformers makes of the same folder (fixtures/make.py). */
interface Expected {
  readonly encode: { text: string; ids: number[] }[];
  readonly decode: { ids: number[]; text: string }[];
  readonly prompts: { chat: [role: string, content: string][]; ids: number[] }[];
}

function json<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(fixtures, ...path), "utf8"));
}

for (const folder of ["byte-level", "metaspace", "chatml"]) {
  const expected = json<Expected>(folder, "expected.json");
  const tokenizer = await ChatTokenizer.load(join(fixtures, folder));
  const addedIds = json<{ added_tokens: { id: number; content: string }[] }>(folder, "tokenizer.json").added_tokens;
  // Marks of thoughts and tools are text that a model may write, as transformers has it.
  const ordinary = ["<unk>", "<think>", "</think>", "<tool_call>"];
  const controlIds = new Set(addedIds.filter(({ content }) => !ordinary.includes(content)).map(({ id }) => id));

  describe(`the ${folder} tokenizer`, () => {
    test("encodes and decodes as transformers does", () => {
      for (const { text, ids } of expected.encode) assert.deepEqual(tokenizer.encode(text), ids, text);
      for (const { ids, text } of expected.decode) assert.equal(tokenizer.decode(ids), text);
    });

    test("renders chats as transformers does, with one begin token", () => {
      for (const { chat, ids } of expected.prompts) {
        const messages = chat.map(([role, content]) => ({ role, content }));
        assert.deepEqual(tokenizer.renderPrompt(messages), ids);
      }
    });

    test("takes no text for a control token", () => {
      const hostile = fc
        .array(
          fc.oneof(fc.constantFrom(...addedIds.flatMap(({ id, content }) => [content, spelling(id)])), fc.string()),
          { maxLength: 5 },
        )
        .map((parts) => parts.join(""));
      const written = tokenizer.renderPrompt([{ role: "user", content: "x" }]).filter((id) => controlIds.has(id));
      fc.assert(
        fc.property(hostile, (text) => {
          assert.ok(tokenizer.encode(text).every((id) => !controlIds.has(id)));
          const prompt = tokenizer.renderPrompt([{ role: "user", content: text }]);
          assert.deepEqual(
            prompt.filter((id) => controlIds.has(id)),
            written,
          );
        }),
        { numRuns: 300 },
      );
    });

    test("decodes a control token to nothing, and spells it in full when it is text", () => {
      const [some] = addedIds.filter(({ id }) => id === tokenizer.eosToken);
      assert.equal(tokenizer.decode([...tokenizer.encode("sum"), some!.id]), "sum");
      assert.equal(tokenizer.decode(tokenizer.encode(`sum${some!.content}`)), `sum${some!.content}`);
    });

    test("decodes no tokens, and ids without a token, to the empty text", () => {
      assert.equal(tokenizer.decode([]), "");
      assert.equal(tokenizer.decode(Int32Array.of(tokenizer.eosToken, 1_000_000)), "");
    });

    test("gives text back that it encoded", () => {
      fc.assert(
        fc.property(fc.string({ unit: "grapheme" }), (text) => {
          // Metaspace can't tell a leading or typed "▁" from a space; Hugging Face's decoder has the same loss.
          fc.pre(!/^ |▁/u.test(text));
          const given = folder === "chatml" ? text.normalize("NFC") : text;
          assert.equal(tokenizer.decode(tokenizer.encode(text)), given);
        }),
        { numRuns: 300 },
      );
    });
  });
}

/** The byte-level folder's files, to be changed. */
function files(): Record<string, Record<string, unknown>> {
  return {
    "tokenizer.json": json("byte-level", "tokenizer.json"),
    "tokenizer_config.json": json("byte-level", "tokenizer_config.json"),
    "config.json": json("byte-level", "config.json"),
  };
}

describe("a control token", () => {
  const messages = [{ role: "user", content: "sum" }];

  test("is not found by its text in the vocabulary either", async (t) => {
    const changed = files();
    const model = changed["tokenizer.json"]!.model as { vocab: Record<string, number> };
    const eot = changed["config.json"]!.eos_token_id as number;
    model.vocab["<|eot|>"] = eot;
    // Whole texts are looked up in the vocabulary now (ignore_merges).
    changed["tokenizer.json"]!.pre_tokenizer = null;
    const tokenizer = await ChatTokenizer.load(await folderOf(t, changed));
    assert.equal(tokenizer.encode("<|eot|>").length, "<|eot|>".length);
    assert.equal(tokenizer.renderPrompt(messages).filter((id) => id === eot).length, 1);
  });

  test("is found whatever the normalizer does to text", async (t) => {
    const file = json<{ added_tokens: object[] }>("metaspace", "tokenizer.json");
    const dir = await folderOf(t, {
      "tokenizer.json": {
        ...file,
        added_tokens: file.added_tokens.map((token) => ({ ...token, normalized: true })),
        normalizer: { type: "Prepend", prepend: "▁" },
        pre_tokenizer: null,
      },
      "tokenizer_config.json": json("metaspace", "tokenizer_config.json"),
      "config.json": json("metaspace", "config.json"),
    });
    const tokenizer = await ChatTokenizer.load(dir);
    assert.deepEqual(tokenizer.renderPrompt(messages), [1, 310, ...tokenizer.encode("sum"), 311]);
  });
});

describe("loading", () => {
  test("takes stop tokens from all files that name one, the turn's end first", async (t) => {
    const { "config.json": config, ...rest } = files();
    const eot = config!.eos_token_id as number;
    const generation = { eos_token_id: [eot - 3, eot] };
    const dir = await folderOf(t, {
      ...rest,
      "config.json": { ...config, eos_token_id: 7 },
      "generation_config.json": generation,
    });
    const tokenizer = await ChatTokenizer.load(dir);
    assert.deepEqual(tokenizer.stopTokens, [eot, eot - 3, 7]);
    assert.equal(tokenizer.eosToken, eot);
  });

  test("finds special tokens of older folders in special_tokens_map.json", async (t) => {
    const { "tokenizer_config.json": config, ...rest } = files();
    const { eos_token, bos_token, ...without } = config!;
    const map = { bos_token: { content: bos_token, lstrip: false }, eos_token };
    const dir = await folderOf(t, { ...rest, "tokenizer_config.json": without, "special_tokens_map.json": map });
    const [found, expected] = [await ChatTokenizer.load(dir), await ChatTokenizer.load(join(fixtures, "byte-level"))];
    assert.equal(found.eosToken, expected.eosToken);
    const messages = [{ role: "user", content: "sum" }];
    assert.deepEqual(found.renderPrompt(messages), expected.renderPrompt(messages));
  });

  test("prefers chat_template.jinja, and the default of several templates", async (t) => {
    const { "tokenizer_config.json": config, ...rest } = files();
    const named = [
      { name: "tool_use", template: "tool" },
      { name: "default", template: "sum" },
    ];
    const several = { ...rest, "tokenizer_config.json": { ...config, chat_template: named } };
    const ofSeveral = await ChatTokenizer.load(await folderOf(t, several));
    assert.deepEqual(ofSeveral.renderPrompt([]), ofSeveral.encode("sum"));
    const ofFile = await ChatTokenizer.load(
      await folderOf(t, { ...several, "chat_template.jinja": "{{ eos_token }}" }),
    );
    assert.deepEqual(ofFile.renderPrompt([]), [ofFile.eosToken]);
  });

  const refused: [what: string, change: (f: ReturnType<typeof files>) => void, code: string, message: RegExp][] = [
    [
      "no chat template",
      (f) => delete f["tokenizer_config.json"]!.chat_template,
      "model/no-chat-template",
      /who speaks/,
    ],
    [
      "a broken chat template",
      (f) => {
        f["tokenizer_config.json"]!.chat_template = "{% for %}";
      },
      "model/chat-template",
      /not valid Jinja/,
    ],
    [
      "no stop token",
      (f) => {
        delete f["tokenizer_config.json"]!.eos_token;
        delete f["config.json"]!.eos_token_id;
      },
      "model/no-stop-token",
      /end-of-sequence/,
    ],
    [
      "fewer embeddings than tokens",
      (f) => {
        f["config.json"]!.vocab_size = 293;
      },
      "model/tokenizer-mismatch",
      /ids up to 293, .* 293/,
    ],
    [
      "an unknown kind of tokenizer",
      (f) => {
        f["tokenizer.json"]!.decoder = { type: "Mystery" };
      },
      "model/unsupported-tokenizer",
      /Mystery/,
    ],
    ["no vocabulary", (f) => delete f["tokenizer.json"]!.model, "model/invalid-json", /"model"/],
  ];
  for (const [what, change, code, message] of refused) {
    test(`with ${what} is refused`, async (t) => {
      const changed = files();
      change(changed);
      await assert.rejects(ChatTokenizer.load(await folderOf(t, changed)), { code, message });
    });
  }
});
