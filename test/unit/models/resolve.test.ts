import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import { describe, test } from "node:test";
import { resolveModel } from "../../../daemon/models/resolve.ts";
import { folderOf } from "./folder.ts";

const whole = { "config.json": {}, "model.safetensors": "", "tokenizer.json": {} };

describe("a model's name", () => {
  test("is a folder, relative to the config's", async (t) => {
    const dir = await folderOf(t, whole);
    const found = { dir, name: basename(dir) };
    assert.deepEqual(await resolveModel(`./${basename(dir)}`, dirname(dir)), found);
    assert.deepEqual(await resolveModel(dir, "/elsewhere"), found);
  });

  test("may be a folder with sharded weights", async (t) => {
    const dir = await folderOf(t, { "config.json": {}, "model.safetensors.index.json": {}, "tokenizer.json": {} });
    assert.equal((await resolveModel(dir, "/")).dir, dir);
  });

  test("that is built in is a folder of the package", async () => {
    const dir = join(import.meta.dirname, "../../../daemon/models/nano/weights");
    assert.deepEqual(await resolveModel("builtin:nano", "/elsewhere"), { dir, name: "nano" });
  });

  test("that is built in and unknown lists the known ones", async () => {
    await assert.rejects(resolveModel("builtin:mega", "/"), { code: "model/unknown-builtin", next: /builtin:nano/ });
    await assert.rejects(resolveModel("builtin:toString", "/"), { code: "model/unknown-builtin" });
  });

  const refused: [what: string, files: Record<string, unknown> | undefined, code: string, says: RegExp][] = [
    ["that does not exist", undefined, "model/not-found", /no such model folder/],
    ["without config.json", { "model.safetensors": "" }, "model/no-config", /no config\.json/],
    ["without weights", { "config.json": {}, "tokenizer.json": {} }, "model/no-weights", /no model\.safetensors/],
    ["of an adapter", { "config.json": {}, "adapter_model.safetensors": "" }, "model/no-weights", /merge an adapter/],
    [
      "with pickle weights only",
      { ...whole, "model.safetensors": undefined, "pytorch_model.bin": "" },
      "model/pickle-weights",
      /pytorch_model\.bin.*convert/s,
    ],
    ["with a .pth only", { "consolidated.00.pth": "" }, "model/pickle-weights", /consolidated\.00\.pth/],
    ["with GGUF weights only", { "model-Q4_K_M.gguf": "" }, "model/gguf", /model-Q4_K_M\.gguf/],
    [
      "without a tokenizer",
      { ...whole, "tokenizer.json": undefined, "tokenizer.model": "" },
      "model/no-tokenizer",
      /no tokenizer\.json/,
    ],
  ];
  for (const [what, files, code, says] of refused) {
    test(`of a folder ${what} is refused`, async (t) => {
      const present = Object.entries(files ?? {}).filter(([, value]) => value !== undefined);
      const made = await folderOf(t, Object.fromEntries(present));
      const dir = files ? made : join(made, "missing");
      await assert.rejects(resolveModel(dir, "/"), (error: Error & { code: string; next: string; place: string }) => {
        assert.equal(error.code, code);
        assert.equal(error.place, dir);
        assert.match(`${error.message}\n${error.next}`, says);
        return true;
      });
    });
  }

  test("of a file is refused", async (t) => {
    const dir = await folderOf(t, { "model.safetensors": "", "model.gguf": "" });
    await assert.rejects(resolveModel("model.safetensors", dir), { code: "model/not-a-folder" });
    await assert.rejects(resolveModel("model.gguf", dir), { code: "model/gguf" });
  });

  test("with weights in both formats is fine", async (t) => {
    const dir = await folderOf(t, { ...whole, "pytorch_model.bin": "", "model.gguf": "" });
    assert.equal((await resolveModel(dir, "/")).dir, dir);
  });
});
