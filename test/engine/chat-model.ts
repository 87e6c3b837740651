import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tinyShape, writeTinyModel } from "./tiny-model.ts";

const fixture = "test/unit/models/fixtures/chatml";

/** A random Llama that reads whole prompts, with a tokenizer and a template. */
export async function writeChatModel(dir: string): Promise<string> {
  const { vocab_size: vocabulary, eos_token_id } = JSON.parse(readFileSync(join(fixture, "config.json"), "utf8"));
  await writeTinyModel(dir, { ...tinyShape, vocabulary, maxPositions: 4096 });
  for (const file of ["tokenizer.json", "tokenizer_config.json"]) cpSync(join(fixture, file), join(dir, file));
  const config = JSON.parse(readFileSync(join(dir, "config.json"), "utf8"));
  writeFileSync(join(dir, "config.json"), JSON.stringify({ ...config, eos_token_id }));
  return dir;
}
