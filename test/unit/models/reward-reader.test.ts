/** How a reward model's folder reads a query and an answer: as a conversation, or as two texts with marks around them. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { readClassifierConfig } from "../../../daemon/models/classifier-config.ts";
import { rewardReader } from "../../../daemon/models/reward-reader.ts";
import { fillPair, pairForm } from "../../../daemon/models/text-pair.ts";

const words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "what", "is", "seven", "[", "sep", "]", "##s"];
const vocab = Object.fromEntries(words.map((word, id) => [word, id]));
const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
const model = { type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 100 };

/** A tokenizer.json such as BERT's. */
const tokenizer = {
  version: "1.0",
  added_tokens: special.map((content) => ({ id: vocab[content], content, special: true, normalized: false })),
  normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, lowercase: true },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: { type: "BertProcessing", sep: ["[SEP]", 3], cls: ["[CLS]", 2] },
  decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  model: { ...model, vocab },
};
const config = { vocabSize: words.length, eosTokenIds: [] };

function folderWith(t: TestContext, file: string, content: object): string {
  const folder = mkdtempSync(join(tmpdir(), "sparring-reader-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, file), JSON.stringify(content));
  return folder;
}

describe("a reward model without a chat template", () => {
  test("reads two texts with its tokenizer's marks, and text never becomes one", async (t) => {
    const read = await rewardReader(folderWith(t, "tokenizer.json", tokenizer), config);
    assert.deepEqual(read("What is", "sevens"), {
      tokens: [2, 4, 5, 3, 6, 10, 3],
      types: [0, 0, 0, 0, 1, 1, 1],
    });
    assert.deepEqual(read("is", "[SEP]").tokens, [2, 5, 3, 7, 8, 9, 3]);
  });

  test("nor marks between two texts is refused, as is a tokenizer that would be guessed at, or has too many ids", async (t) => {
    const refused = async (changes: object, code: string, vocabSize = words.length): Promise<void> => {
      const folder = folderWith(t, "tokenizer.json", { ...tokenizer, ...changes });
      await assert.rejects(rewardReader(folder, { ...config, vocabSize }), { code });
    };
    const table = { type: "Precompiled", precompiled_charsmap: "AAAA" };
    await refused({ post_processor: null }, "model/no-chat-template");
    await refused({ post_processor: { type: "ByteLevel" } }, "model/no-chat-template");
    await refused({ normalizer: { type: "Sequence", normalizers: [table] } }, "model/unsupported-tokenizer");
    await refused({}, "model/tokenizer-mismatch", words.length - 1);
  });
});

describe("the form of a pair", () => {
  const texts = { A: [7], B: [8, 9] };

  test("is that of RoBERTa's own, and of a template, also within a sequence of processors", () => {
    const roberta = pairForm({ type: "RobertaProcessing", sep: ["</s>", 2], cls: ["<s>", 0], trim_offsets: true });
    assert.deepEqual(fillPair(roberta!, texts), { tokens: [0, 7, 2, 2, 8, 9, 2], types: [0, 0, 0, 0, 0, 0, 0] });
    const template = {
      type: "TemplateProcessing",
      single: [],
      pair: [
        { SpecialToken: { id: "<s>", type_id: 0 } },
        { Sequence: { id: "A", type_id: 0 } },
        { SpecialToken: { id: "<s>", type_id: 0 } },
        { Sequence: { id: "B", type_id: 1 } },
        { SpecialToken: { id: "<s>", type_id: 1 } },
      ],
      special_tokens: { "<s>": { id: "<s>", ids: [1], tokens: ["<s>"] } },
    };
    const form = pairForm({ type: "Sequence", processors: [{ type: "ByteLevel" }, template] });
    assert.deepEqual(fillPair(form!, texts), { tokens: [1, 7, 1, 8, 9, 1], types: [0, 0, 0, 1, 1, 1] });
    // A decoder's puts a mark before each text, and none at the end.
    assert.equal(pairForm({ ...template, pair: template.pair.slice(0, 4) }), undefined);
    assert.equal(pairForm({ ...template, pair: template.pair.filter((_, i) => i !== 2) }), undefined);
  });
});

test("positions that a model of RoBERTa's kind counts from its padding token on are no room", async (t) => {
  const file = { vocab_size: 9, pad_token_id: 1, max_position_embeddings: 514, id2label: { 0: "" } };
  const limitOf = async (type: string): Promise<number | undefined> =>
    (await readClassifierConfig(folderWith(t, "config.json", { ...file, model_type: type }))).maxTokens;
  assert.equal(await limitOf("xlm-roberta"), 512);
  assert.equal(await limitOf("bert"), 514);
});
