import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { configJsonSchema } from "../../../daemon/config/json-schema.ts";
import { loadConfig } from "../../../daemon/config/load.ts";

test("the published JSON Schema is up to date (npm run schema)", async () => {
  const published = await readFile("daemon/config/sparring.schema.json", "utf8");
  assert.equal(published, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
});

describe("the examples are valid and without warnings", () => {
  const examples = {
    addition: "builtin:nano",
    "addition-lsp-zero": "builtin:nano",
    "addition-grpo": "builtin:nano",
    spin: "builtin:nano",
    spif: "builtin:nano",
    spac: "builtin:nano",
    dpo: "builtin:nano",
    sft: "builtin:nano",
    questions: "builtin:nano",
    "multiple-choice": "HuggingFaceTB/SmolLM2-135M-Instruct",
    language: "HuggingFaceTB/SmolLM2-135M-Instruct",
    "language-open": "HuggingFaceTB/SmolLM2-135M-Instruct",
  };
  for (const [name, model] of Object.entries(examples)) {
    test(name, async () => {
      const { config, warnings } = await loadConfig(`examples/${name}.sparring.yaml`, []);
      assert.equal(config.name, name);
      assert.equal(config.model.path, model);
      assert.deepEqual(warnings, []);
    });
  }
});
