import { join } from "node:path";
import { resolveModel } from "../../../daemon/models/resolve.ts";
import { tinyQwen2, tinyQwen3, tinyShape, writeTinyModel } from "../tiny-model.ts";
import { agreement } from "./agreement.ts";
import { missing } from "./python.ts";

const models: Record<string, (folder: string) => Promise<string>> = {
  nano: async () => (await resolveModel("builtin:nano", ".")).dir,
  llama: (folder) => writeTinyModel(join(folder, "model"), tinyShape),
  qwen2: (folder) => writeTinyModel(join(folder, "model"), tinyQwen2),
  qwen3: (folder) => writeTinyModel(join(folder, "model"), tinyQwen3),
};

for (const [name, dir] of Object.entries(models)) {
  const prompts = async (vocabularySize: number): Promise<number[][]> =>
    Array.from({ length: 32 }, (_, i) =>
      Array.from({ length: 2 + (i % 5) }, (_, t) => (i * 3 + t * 7) % vocabularySize),
    );
  agreement(name, { dir, prompts, answers: 8, full: true, skip: missing });
}
