import assert from "node:assert/strict";
import { homedir } from "node:os";
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

  test("may begin at the home folder", async () => {
    await assert.rejects(resolveModel("~/no such/model", "/"), {
      code: "model/not-found",
      place: join(homedir(), "no such/model"),
    });
  });

  test("of the hub is a folder where there is one, and always with ./", async (t) => {
    const dir = await folderOf(t, {
      "org/name/config.json": {},
      "org/name/model.safetensors": "",
      "org/name/tokenizer.json": {},
    });
    const found = { dir: join(dir, "org/name"), name: "name" };
    assert.deepEqual(await resolveModel("org/name", dir), found);
    assert.deepEqual(await resolveModel("./org/name", dir), found);
    await assert.rejects(resolveModel("./org/other", dir), { code: "model/not-found" });
  });

  test("of the hub is found in the cache that the environment names, and pinned to its commit", async (t) => {
    const commit = "a".repeat(40);
    const snapshot = `hub/models--org--name/snapshots/${commit}`;
    const cache = await folderOf(t, {
      "hub/models--org--name/refs/v1": commit,
      [`${snapshot}/config.json`]: {},
      [`${snapshot}/model.safetensors`]: "",
      [`${snapshot}/tokenizer.json`]: {},
    });
    const before = { ...process.env };
    t.after(() => {
      process.env = before;
    });
    process.env = { ...before, HF_HOME: cache, HF_HUB_CACHE: "", HUGGINGFACE_HUB_CACHE: "", HF_HUB_OFFLINE: "1" };
    const found = { dir: join(cache, snapshot), name: "org/name", pinned: `org/name@${commit}` };
    assert.deepEqual(await resolveModel("org/name@v1", "/"), found);
    assert.deepEqual(await resolveModel(found.pinned, "/"), found);
    await assert.rejects(resolveModel("org/name", "/"), { code: "model/hub-offline", place: "org/name" });
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
