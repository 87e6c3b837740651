/**
 * The export of a Hugging Face reward model, on a small random LlamaForSequenceClassification: what our process makes of the graph is
 * what transformers makes of the weights, and texts become the same tokens.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Classifier } from "../../daemon/engine/classifier/classifier.ts";
import { rewardModel } from "../../daemon/judge/reward-model.ts";
import { readClassifierConfig } from "../../daemon/models/classifier-config.ts";
import { rewardReader } from "../../daemon/models/reward-reader.ts";
import { pairAt } from "../unit/judge/pairs.ts";
import { exportFolder, lacksExport, runPython } from "./reward-families.ts";

/** Makes the model at argv[1], exports it to argv[2] as the command does, and scores argv[3] with transformers: one start of PyTorch. */
const script = `
import json, runpy, sys, torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForSequenceClassification
source, exported, pairs = sys.argv[1:4]
torch.manual_seed(3)
tokenizer = AutoTokenizer.from_pretrained("daemon/models/nano/weights")
# Grouped queries, and Llama 3's rotary embedding, as Skywork-Reward-V2-Llama has them.
config = LlamaConfig(vocab_size=64, hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4,
  num_key_value_heads=2, max_position_embeddings=256, num_labels=1, pad_token_id=0, initializer_range=0.2,
  rope_parameters={"rope_type": "llama3", "rope_theta": 10000.0, "factor": 4.0, "low_freq_factor": 1.0,
    "high_freq_factor": 4.0, "original_max_position_embeddings": 64})
model = LlamaForSequenceClassification(config).eval()
model.save_pretrained(source)
tokenizer.save_pretrained(source)
sys.argv = ["export.py", source, exported]
runpy.run_path("daemon/engine/classifier/export.py", run_name="__main__")
logits = []
for query, answer in json.loads(pairs):
    messages = [{"role": "user", "content": query}, {"role": "assistant", "content": answer}]
    text = tokenizer.apply_chat_template(messages, tokenize=False)
    tokens = tokenizer(text, add_special_tokens=False, return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        logits.append(model(input_ids=tokens).logits.item())
print(json.dumps(logits))
`;

test("an exported reward model scores as transformers does", { skip: lacksExport() }, async (t) => {
  const folder = exportFolder(t);
  const [source, exported] = [join(folder, "hf"), join(folder, "onnx")];
  const texts = Array.from(
    { length: 40 },
    (_, i) => [`${i}+${i * 3} is?`, "so it is 7, or 12".repeat(1 + (i % 9))] as const,
  );
  const stdout = await runPython(["-c", script, source, exported, JSON.stringify(texts)]);
  assert.match(stdout, /largest difference from transformers/);
  const theirs = JSON.parse(stdout.trim().split("\n").at(-1)!) as number[];
  const config = await readClassifierConfig(exported);
  const classifier = new Classifier({ dir: exported, padTokenId: config.padTokenId }, 1);
  t.after(() => classifier.close());
  const model = { name: "random", read: await rewardReader(exported, config), maxTokens: config.maxTokens };
  const scorer = rewardModel({ ...model, classify: (some) => classifier.classify(some) }, "logit");
  const ours = await scorer.score(texts.map(([query, answer], i) => pairAt(query, answer, i)));
  for (const [i, { value }] of ours.entries()) {
    assert.ok(Math.abs(value! - theirs[i]!) < 1e-4, `${i}: ${value} and ${theirs[i]}`);
  }
  assert.ok(Math.max(...theirs) - Math.min(...theirs) > 0.1, "the logits say nothing");
});
