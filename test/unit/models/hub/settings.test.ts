import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { resolvePaths } from "../../../../daemon/config/paths.ts";
import { parseHubId } from "../../../../daemon/models/hub/id.ts";
import { hubSettings } from "../../../../daemon/models/hub/settings.ts";
import { folderOf } from "../folder.ts";

describe("the hub's settings", () => {
  test("are those of Python's huggingface_hub where nothing is set", async () => {
    const { endpoint, cacheDir, token, offline } = await hubSettings({ HF_TOKEN_PATH: "/nowhere" });
    assert.deepEqual(
      { endpoint, cacheDir, token, offline },
      {
        endpoint: "https://huggingface.co",
        cacheDir: join(homedir(), ".cache/huggingface/hub"),
        token: undefined,
        offline: false,
      },
    );
  });

  test("of the cache's folder are taken from the nearest variable", async () => {
    const dirOf = async (env: NodeJS.ProcessEnv): Promise<string> =>
      (await hubSettings({ HF_TOKEN: "x", ...env })).cacheDir;
    assert.equal(await dirOf({ XDG_CACHE_HOME: "/x" }), "/x/huggingface/hub");
    assert.equal(await dirOf({ XDG_CACHE_HOME: "/x", HF_HOME: "~/h" }), join(homedir(), "h/hub"));
    assert.equal(await dirOf({ HF_HOME: "/h", HF_HUB_CACHE: "/c" }), "/c");
    assert.equal(await dirOf({ HF_HOME: "/h", HF_HUB_CACHE: "" }), "/h/hub");
  });

  test("take the token of the environment, else of the file that a login left", async (t) => {
    const home = await folderOf(t, { token: "hf_file\n" });
    assert.equal((await hubSettings({ HF_HOME: home })).token, "hf_file");
    assert.equal((await hubSettings({ HF_HOME: home, HF_TOKEN: " hf_env " })).token, "hf_env");
    assert.equal((await hubSettings({ HF_HOME: join(home, "none") })).token, undefined);
    await assert.rejects(hubSettings({ HF_TOKEN: "hf\u00fc x" }), { code: "model/hub-bad-token", place: "HF_TOKEN" });
  });

  test("are offline by any of the words for yes", async () => {
    for (const word of ["1", "ON", "yes", "true"]) assert.ok((await hubSettings({ HF_HUB_OFFLINE: word })).offline);
    for (const word of ["0", "", "off"]) assert.ok(!(await hubSettings({ HF_HUB_OFFLINE: word })).offline);
    assert.ok((await hubSettings({ TRANSFORMERS_OFFLINE: "1" })).offline);
  });

  test("refuse an endpoint that is none", async () => {
    assert.equal((await hubSettings({ HF_ENDPOINT: "http://mirror/hf/" })).endpoint, "http://mirror/hf");
    for (const endpoint of ["mirror", "file:///x", "hub.example:80"]) {
      await assert.rejects(hubSettings({ HF_ENDPOINT: endpoint }), { code: "model/hub-bad-endpoint" });
    }
  });
});

test("the config leaves a path as it is just where it is a name of the hub", () => {
  const part = fc.string({ unit: fc.constantFrom(..."aB9_-.@/~ git"), minLength: 1, maxLength: 6 });
  const text = fc.oneof(
    part,
    fc.tuple(part, part).map(([org, name]) => `${org}/${name}`),
    fc.tuple(part, part).map(([name, revision]) => `org/${name}@${revision}`),
    fc.constantFrom("org/name.git", "org/name.git@v1", "org/name@a.git", "org/a--b", "org/a@b--c"),
  );
  let names = 0;
  fc.assert(
    fc.property(text, (path) => {
      fc.pre(!path.startsWith("/"));
      const setting = { path: "model.path", value: path, keyPlace: undefined, valuePlace: undefined };
      const isName = parseHubId(path) !== undefined;
      if (isName) names++;
      assert.equal(resolvePaths([setting], "/no such folder")[0]!.value === path, isName);
    }),
    { numRuns: 2000 },
  );
  assert.ok(names > 100);
});
