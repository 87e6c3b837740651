import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, readlink, rename, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { RepoCache } from "../../../../daemon/models/hub/cache.ts";
import type { DownloadProgress } from "../../../../daemon/models/hub/download.ts";
import { type HubId, parseHubId } from "../../../../daemon/models/hub/id.ts";
import { hubModel } from "../../../../daemon/models/hub/model.ts";
import type { HubSettings } from "../../../../daemon/models/hub/settings.ts";
import { ChatTokenizer } from "../../../../daemon/models/tokenizer.ts";
import { loadWeights } from "../../../../daemon/models/weights.ts";
import { type Asked, FakeHub, type Fault, hashOf, neededOf, shardedModel, tinyModel } from "./fake-hub.ts";

const id: HubId = { repo: "org/tiny", revision: "main" };
const weights = "model.safetensors";

async function world(t: TestContext, files?: Record<string, Buffer>): Promise<{ hub: FakeHub; settings: HubSettings }> {
  const hub = await FakeHub.start(files);
  t.after(() => hub.stop());
  const cacheDir = await mkdtemp(join(tmpdir(), "sparring-hub-"));
  t.after(() => rm(cacheDir, { recursive: true }));
  const settings = { endpoint: hub.url, cacheDir, token: undefined, offline: false, backOffMs: 1, silenceMs: 10_000 };
  return { hub, settings };
}

async function contents(dir: string): Promise<Record<string, Buffer>> {
  const names = (await readdir(dir)).sort();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(dir, name))])));
}

function halves(cache: RepoCache): Promise<string[]> {
  return readdir(cache.blobs).then((names) => names.filter((name) => name.endsWith(".incomplete")));
}

/** A fault for the first `times` requests for a file's content. */
function first(times: number, name: string, fault: Fault): (asked: Asked) => Fault | undefined {
  let left = times;
  return ({ method, url, server }) => {
    const isContent = method === "GET" && url.endsWith(`/${name}`) && (server === "cdn" || url.includes("/cached/"));
    return isContent && left-- > 0 ? fault : undefined;
  };
}

/** All that a process did which began this half file and is gone: no process has this pid. */
async function leaveHalf(cache: RepoCache, name: string): Promise<void> {
  await rename(join(cache.blobs, name), join(cache.blobs, name.replace(/\.\d+\./, ".4194305.")));
}

describe("a model of the hub", () => {
  test("is downloaded into the cache in Hugging Face's layout, and only what is needed", async (t) => {
    const { hub, settings } = await world(t);
    const cache = new RepoCache(settings.cacheDir, id.repo);
    const { dir, commit } = await hubModel(id, settings);
    assert.equal(commit, hub.commit);
    assert.equal(dir, join(settings.cacheDir, "models--org--tiny/snapshots", hub.commit));
    assert.deepEqual(await contents(dir), neededOf(hub.files));
    assert.equal(await readFile(join(cache.dir, "refs/main"), "utf8"), hub.commit);
    assert.equal(await readlink(join(dir, weights)), `../../blobs/${hashOf(weights, hub.files[weights]!)}`);
    assert.deepEqual(
      (await readdir(cache.blobs)).sort(),
      Object.entries(neededOf(hub.files))
        .map(([name, bytes]) => hashOf(name, bytes))
        .sort(),
    );
  });

  test("of some megabytes, downloaded over many packets and breaks, is loaded as its original", async (t) => {
    const original = join(import.meta.dirname, "../../../../daemon/models/nano/weights");
    const { hub, settings } = await world(t, await contents(original));
    hub.fault = first(3, weights, { kind: "cut", after: 300_000 });
    const { dir } = await hubModel(id, settings);
    assert.deepEqual(await loadWeights(dir), await loadWeights(original));
    const [downloaded, tokenizer] = [await ChatTokenizer.load(dir), await ChatTokenizer.load(original)];
    assert.deepEqual(downloaded.encode("1+2="), tokenizer.encode("1+2="));
  });

  test("with shards is downloaded by its index", async (t) => {
    const { hub, settings } = await world(t, shardedModel());
    assert.deepEqual(await contents((await hubModel(id, settings)).dir), neededOf(hub.files));
  });

  test("that is whole in the cache is used without asking anybody, also by its commit", async (t) => {
    const { hub, settings } = await world(t);
    const found = await hubModel(id, settings);
    const asked = hub.asked.length;
    const progress: DownloadProgress[] = [];
    assert.deepEqual(await hubModel(id, settings, { onProgress: (each) => progress.push(each) }), found);
    assert.deepEqual(await hubModel({ ...id, revision: hub.commit }, settings), found);
    assert.equal(hub.asked.length, asked);
    assert.deepEqual(progress, []);
  });

  test("of which the cache has a part is completed, and what is there stays", async (t) => {
    const { hub, settings } = await world(t, shardedModel());
    const { dir } = await hubModel(id, settings);
    const shard = "model-00002-of-00002.safetensors";
    const cache = new RepoCache(settings.cacheDir, id.repo);
    await rm(cache.blob(hashOf(shard, hub.files[shard]!)));
    hub.asked.length = 0;
    await hubModel(id, settings);
    assert.deepEqual(await contents(dir), neededOf(hub.files));
    assert.deepEqual(
      hub.asked.filter(({ server }) => server === "cdn").map(({ url }) => url),
      [`/cdn/${shard}`],
    );
  });

  test("tells its progress over all bytes, which only grows where nothing breaks", async (t) => {
    const { hub, settings } = await world(t);
    const progress: DownloadProgress[] = [];
    await hubModel(id, settings, { onProgress: (each) => progress.push(each) });
    const total = Object.values(neededOf(hub.files)).reduce((sum, { length }) => sum + length, 0);
    assert.ok(progress.every(({ totalBytes }) => totalBytes === total));
    for (const [i, { doneBytes }] of progress.entries()) assert.ok(doneBytes > (progress[i - 1]?.doneBytes ?? 0));
    assert.deepEqual(progress.at(-1), { file: weights, doneBytes: total, totalBytes: total });
  });

  test("is not downloaded where its config.json can't be trained", async (t) => {
    const { hub, settings } = await world(t, {
      ...tinyModel(),
      "config.json": Buffer.from('{"architectures": ["T5ForConditionalGeneration"]}'),
    });
    await assert.rejects(hubModel(id, settings), { code: "model/unsupported-architecture" });
    assert.ok(hub.asked.every(({ url }) => !url.endsWith(weights)));
  });

  test("with pickle or GGUF weights only is refused by its listing", async (t) => {
    const { [weights]: _, ...pickle } = tinyModel();
    const { hub, settings } = await world(t, pickle);
    await assert.rejects(hubModel(id, settings), { code: "model/pickle-weights", message: /pytorch_model\.bin/ });
    hub.files = { "config.json": Buffer.from("{}"), "tiny.gguf": Buffer.from("") };
    await assert.rejects(hubModel(id, settings), { code: "model/gguf" });
    assert.equal(hub.asked.length, 2);
  });

  test("whose index names a shard that the hub doesn't have is refused before its weights come", async (t) => {
    const { "model-00002-of-00002.safetensors": _, ...rest } = shardedModel();
    const { hub, settings } = await world(t, rest);
    await assert.rejects(hubModel(id, settings), { code: "model/missing-shard", message: /00002-of-00002/ });
    assert.ok(hub.asked.every(({ server }) => server === "hub"));
  });

  test("is downloaded once for two who ask at the same time", async (t) => {
    const { hub, settings } = await world(t);
    const both = await Promise.all([hubModel(id, settings), hubModel(id, settings)]);
    assert.deepEqual(both[0], both[1]);
    assert.equal(hub.asked.filter(({ server }) => server === "cdn").length, 1);
  });

  test("that is larger than the free space is refused before its weights come", async (t) => {
    const { hub, settings } = await world(t);
    hub.fault = ({ method, url }) =>
      method === "HEAD" && url.endsWith(weights) ? { kind: "size", by: 10 ** 14 } : undefined;
    await assert.rejects(hubModel(id, settings), { code: "model/hub-no-space", message: /100000\.00 GB/ });
    assert.ok(hub.asked.every(({ server }) => server === "hub"));
  });

  test("lies in the snapshot itself where links can't be made", async (t) => {
    const { hub, settings } = await world(t);
    const refuse = (): Promise<never> => Promise.reject(Object.assign(new Error("no links"), { code: "EPERM" }));
    const cache = new RepoCache(settings.cacheDir, id.repo, refuse);
    const { dir } = await hubModel(id, settings, {}, cache);
    await assert.rejects(readlink(join(dir, weights)));
    assert.deepEqual(await contents(dir), neededOf(hub.files));
    const asked = hub.asked.length;
    await hubModel(id, settings, {}, cache);
    assert.equal(hub.asked.length, asked);
  });

  test("can't be kept where the cache can't be written", async (t) => {
    const { settings } = await world(t);
    const file = join(settings.cacheDir, "file");
    await writeFile(file, "");
    await assert.rejects(hubModel(id, { ...settings, cacheDir: file }), { code: "model/hub-cache", place: /tiny$/ });
  });
});

describe("a download that broke off", () => {
  test("goes on where it was, by Range", async (t) => {
    const { hub, settings } = await world(t);
    hub.fault = first(1, weights, { kind: "cut", after: 1234 });
    const { dir } = await hubModel(id, settings);
    assert.deepEqual(await contents(dir), neededOf(hub.files));
    assert.deepEqual(
      hub.asked.filter(({ server }) => server === "cdn").map(({ headers }) => headers.range),
      [undefined, "bytes=1234-"],
    );
  });

  test("asks the hub itself with If-Range", async (t) => {
    const { hub, settings } = await world(t);
    hub.fault = first(1, "tokenizer.json", { kind: "cut", after: 7 });
    await hubModel(id, settings);
    const resumed = hub.asked.find(({ url, headers }) => url.endsWith("/cached/tokenizer.json") && headers.range);
    assert.equal(resumed?.headers["if-range"], `"${hashOf("tokenizer.json", hub.files["tokenizer.json"]!)}"`);
  });

  test("goes on in the next call, and in another process once the first is gone", async (t) => {
    const { hub, settings } = await world(t);
    const cache = new RepoCache(settings.cacheDir, id.repo);
    hub.fault = first(1, weights, { kind: "stall", after: 2000 });
    const cancel = new AbortController();
    const onProgress = ({ file }: DownloadProgress): void => {
      if (file === weights) cancel.abort();
    };
    const cancelled = hubModel(id, settings, { signal: cancel.signal, onProgress });
    await assert.rejects(cancelled, { name: "AbortedError" });
    const [half] = await halves(cache);
    await leaveHalf(cache, half!);
    const { dir } = await hubModel(id, settings);
    assert.deepEqual(await contents(dir), neededOf(hub.files));
    const ranges = hub.asked.filter(({ server }) => server === "cdn").map(({ headers }) => headers.range);
    assert.match(ranges.at(-1)!, /^bytes=[1-9]/);
    assert.deepEqual(await halves(cache), []);
  });

  test("leaves alone what another process is writing", async (t) => {
    const { hub, settings } = await world(t);
    const cache = new RepoCache(settings.cacheDir, id.repo);
    await hubModel({ ...id, revision: "main" }, settings);
    const hash = hashOf(weights, hub.files[weights]!);
    const theirs = [`${hash}.${process.ppid}.${hostname()}.incomplete`, `${hash}.1.elsewhere.incomplete`];
    for (const name of theirs) await writeFile(join(cache.blobs, name), "theirs");
    await rm(cache.blob(hash));
    await hubModel(id, settings);
    assert.deepEqual((await halves(cache)).sort(), theirs.sort());
  });

  test("begins anew where the server ignores Range, refuses it, or sends another part", async (t) => {
    for (const does of ["ignored", "refused", "shifted"] as const) {
      const { hub, settings } = await world(t);
      let gets = 0;
      hub.fault = ({ server }) => {
        if (server === "hub") return undefined;
        gets++;
        if (gets === 1) return { kind: "cut", after: 100 };
        return gets === 2 ? { kind: "range", does } : undefined;
      };
      assert.deepEqual(await contents((await hubModel(id, settings)).dir), neededOf(hub.files), does);
    }
  });

  test("ends after some tries that bring nothing more", async (t) => {
    const { hub, settings } = await world(t);
    hub.fault = ({ server }) => (server === "cdn" ? { kind: "cut", after: 0 } : undefined);
    await assert.rejects(hubModel(id, settings), { code: "model/hub-unreachable", next: /is kept/ });
    assert.equal(hub.asked.filter(({ server }) => server === "cdn").length, 5);
  });

  test("for silence goes on over another connection", async (t) => {
    const { hub, settings } = await world(t);
    hub.fault = first(1, weights, { kind: "stall", after: 3000 });
    const { dir } = await hubModel(id, { ...settings, silenceMs: 200 });
    assert.deepEqual(await contents(dir), neededOf(hub.files));
  });
});

describe("a file that is not what was announced", () => {
  test("is fetched once more", async (t) => {
    const { hub, settings } = await world(t);
    hub.fault = first(1, weights, { kind: "corrupt" });
    assert.deepEqual(await contents((await hubModel(id, settings)).dir), neededOf(hub.files));
  });

  for (const name of [weights, "tokenizer.json"]) {
    test(`twice is an error, and nothing of it is kept (${name})`, async (t) => {
      const { hub, settings } = await world(t);
      hub.fault = first(2, name, { kind: "corrupt" });
      await assert.rejects(hubModel(id, settings), { code: "model/hub-damaged", message: new RegExp(name) });
      const cache = new RepoCache(settings.cacheDir, id.repo);
      assert.ok(!existsSync(cache.blob(hashOf(name, hub.files[name]!))));
      assert.deepEqual(await contents((await hubModel(id, settings)).dir), neededOf(hub.files));
    });
  }

  test("by a wrong hash of the hub's is an error too, which names the file", async (t) => {
    const { hub, settings } = await world(t);
    hub.fault = ({ method, url }) =>
      method === "HEAD" && url.endsWith(weights) ? { kind: "tag", tag: `"${"0".repeat(64)}"` } : undefined;
    await assert.rejects(hubModel(id, settings), { code: "model/hub-damaged" });
  });

  for (const tag of ['"../../../evil"', '"abc"', "", '"\\u0000"']) {
    test(`can't be announced by the tag ${tag || "(none)"}`, async (t) => {
      const { hub, settings } = await world(t);
      hub.fault = ({ method, url }) => (method === "HEAD" && url.endsWith(weights) ? { kind: "tag", tag } : undefined);
      await assert.rejects(hubModel(id, settings), { code: "model/hub-unexpected", message: /no hash/ });
    });
  }
});

describe("a server that misbehaves", () => {
  test("is asked again after 429, at its time, and after 500", async (t) => {
    const { hub, settings } = await world(t);
    const faults: Fault[] = [
      { kind: "status", status: 429, headers: { "retry-after": "1" } },
      { kind: "status", status: 500 },
      { kind: "status", status: 503, headers: { "retry-after": new Date(Date.now() - 5000).toUTCString() } },
    ];
    hub.fault = () => faults.shift();
    const began = performance.now();
    assert.deepEqual(await contents((await hubModel(id, settings)).dir), neededOf(hub.files));
    assert.ok(performance.now() - began >= 1000);
  });

  test("that asks for more patience than five minutes gets none", async (t) => {
    const { hub, settings } = await world(t);
    hub.fault = () => ({ kind: "status", status: 429, headers: { "retry-after": "3600" } });
    await assert.rejects(hubModel(id, settings), { code: "model/hub-unreachable", message: /429/ });
    assert.equal(hub.asked.length, 1);
  });

  test("with a redirect in a circle, or to what is no server, is an error", async (t) => {
    const { hub, settings } = await world(t);
    for (const [to, message] of [
      ["/api/models/org/tiny/revision/main", /in a circle/],
      ["data:application/json,{}", /redirects to "data:/],
      ["file:///etc/passwd", /redirects to "file:/],
    ] as const) {
      hub.asked.length = 0;
      hub.fault = () => ({ kind: "redirect", to });
      await assert.rejects(hubModel(id, settings), { code: "model/hub-unexpected", message });
      assert.ok(hub.asked.length <= 11);
    }
  });

  test("that lists names with paths is not led outside the snapshot", async (t) => {
    const { hub, settings } = await world(t);
    hub.alsoListed = [
      "../../../evil.json",
      "/etc/config.json",
      "sub/config.json",
      "..\\tokenizer.json",
      "tokenizer/../x.json",
    ];
    assert.deepEqual(await contents((await hubModel(id, settings)).dir), neededOf(hub.files));
    assert.deepEqual(await readdir(settings.cacheDir), ["models--org--tiny"]);
  });

  test("whose index names shards with paths is refused", async (t) => {
    const { settings } = await world(t, {
      ...shardedModel(),
      "model.safetensors.index.json": Buffer.from('{"weight_map": {"x": "../../x.safetensors"}}'),
    });
    await assert.rejects(hubModel(id, settings), { code: "model/invalid-json" });
  });

  test("may list a hundred thousand files", async (t) => {
    const { hub, settings } = await world(t);
    hub.alsoListed = Array.from({ length: 100_000 }, (_, i) => `checkpoint-${i}/model.safetensors`);
    assert.deepEqual(await contents((await hubModel(id, settings)).dir), neededOf(hub.files));
  });

  test("that answers with a web page is an error", async (t) => {
    const { hub, settings } = await world(t);
    hub.fault = ({ url }) => (url.startsWith("/api/models") ? { kind: "garbage" } : undefined);
    await assert.rejects(hubModel(id, settings), { code: "model/hub-unexpected", message: /in a way/ });
  });

  test("that nobody runs is unreachable", async (t) => {
    const { settings } = await world(t);
    const gone = await FakeHub.start();
    const endpoint = gone.url;
    await gone.stop();
    await assert.rejects(hubModel(id, { ...settings, endpoint }), {
      code: "model/hub-unreachable",
      message: /ECONNREFUSED/,
    });
  });
});

describe("who may download", () => {
  test("is told to the hub, and to no server that it redirects to", async (t) => {
    const { hub, settings } = await world(t);
    await hubModel(id, { ...settings, token: "hf_secret" });
    for (const { server, headers } of hub.asked) {
      assert.equal(headers.authorization, server === "hub" ? "Bearer hf_secret" : undefined);
    }
    assert.ok(hub.asked.some(({ server }) => server === "cdn"));
  });

  test("is not told where a redirect leads back from elsewhere", async (t) => {
    const { hub, settings } = await world(t);
    hub.fault = ({ server }) =>
      server === "cdn" ? { kind: "redirect", to: `${hub.url}/api/cached/${weights}` } : undefined;
    await hubModel(id, { ...settings, token: "hf_secret" }).catch(() => {});
    const back = hub.asked.filter(({ server, url }) => server === "hub" && url === `/api/cached/${weights}`);
    assert.ok(back.length > 0);
    assert.ok(back.every(({ headers }) => headers.authorization === undefined));
  });

  const refusals: [
    what: string,
    status: number,
    headers: Record<string, string>,
    token: string | undefined,
    code: string,
    says: RegExp,
  ][] = [
    [
      "a gated model without a token",
      401,
      { "x-error-code": "GatedRepo" },
      undefined,
      "model/hub-gated",
      /Accept the licence at http:.*org\/tiny, then set HF_TOKEN/,
    ],
    [
      "a gated model with a token",
      403,
      { "x-error-code": "GatedRepo" },
      "hf_x",
      "model/hub-gated",
      /account of your token.*Accept the licence/s,
    ],
    [
      "a missing or private model",
      401,
      { "x-error-code": "RepoNotFound" },
      undefined,
      "model/hub-not-found",
      /everybody.*HF_TOKEN/s,
    ],
    [
      "a missing model with a token",
      404,
      { "x-error-code": "RepoNotFound" },
      "hf_x",
      "model/hub-not-found",
      /Correct the name/,
    ],
    ["a missing revision", 404, { "x-error-code": "RevisionNotFound" }, undefined, "model/hub-no-revision", /"main"/],
    [
      "a token that the hub refuses",
      401,
      { "x-error-message": "Invalid credentials in Authorization header" },
      "hf_x",
      "model/hub-bad-token",
      /valid token/,
    ],
    ["something else", 418, { "x-error-message": "teapot" }, undefined, "model/hub-unexpected", /418 \(teapot\)/],
  ];
  for (const [what, status, headers, token, code, says] of refusals) {
    test(`is asked for ${what}`, async (t) => {
      const { hub, settings } = await world(t);
      hub.fault = () => ({ kind: "status", status, headers });
      await assert.rejects(hubModel(id, { ...settings, token }), (error: Error & { code: string; next: string }) => {
        assert.equal(error.code, code);
        assert.match(`${error.message}\n${error.next}`, says);
        return true;
      });
      assert.equal(hub.asked.length, 1);
    });
  }
});

describe("offline", () => {
  test("the cache is all there is", async (t) => {
    const { hub, settings } = await world(t, shardedModel());
    const offline = { ...settings, offline: true };
    await assert.rejects(hubModel(id, offline), { code: "model/hub-offline", message: /no revision "main"/ });
    assert.equal(hub.asked.length, 0);
    const found = await hubModel(id, settings);
    assert.deepEqual(await hubModel(id, offline), found);
    await rm(join(found.dir, "model-00001-of-00002.safetensors"));
    await assert.rejects(hubModel(id, offline), { code: "model/hub-offline", message: /00001-of-00002/ });
    await rm(join(found.dir, "tokenizer.json"));
    await assert.rejects(hubModel(id, offline), { code: "model/hub-offline", message: /tokenizer\.json/ });
  });
});

describe("cancelling", () => {
  test("before, while waiting for another, and while pausing ends at once", async (t) => {
    const { hub, settings } = await world(t);
    await assert.rejects(hubModel(id, settings, { signal: AbortSignal.abort() }), { name: "AbortedError" });
    assert.equal(hub.asked.length, 0);
    const events = new EventEmitter();
    const arrived = once(events, "asked");
    hub.fault = () => {
      events.emit("asked");
      return { kind: "status", status: 500 };
    };
    const cancel = new AbortController();
    const slow = { ...settings, backOffMs: 60_000 };
    const pausing = hubModel(id, slow, { signal: cancel.signal });
    const waiting = hubModel(id, slow, { signal: cancel.signal });
    await arrived;
    cancel.abort();
    await assert.rejects(pausing, { name: "AbortedError" });
    await assert.rejects(waiting, { name: "AbortedError" });
  });
});

describe("a model's name on the hub", () => {
  test("is org/name, with a revision if there is one", () => {
    assert.deepEqual(parseHubId("HuggingFaceTB/SmolLM2-135M"), {
      repo: "HuggingFaceTB/SmolLM2-135M",
      revision: "main",
    });
    assert.deepEqual(parseHubId("org/name@refs/pr/1"), { repo: "org/name", revision: "refs/pr/1" });
    for (const text of [
      "./org/name",
      "../name",
      "/org/name",
      "~/name",
      "name",
      "a/b/c",
      "org/",
      "/name",
      "org/name@",
      "org/na me",
      "org/a--b",
      "org/a..b",
      "org/name.git",
      "org/name.",
      "org/name@../x",
      "org/name@a/../../x",
      "org/name@/x",
      "builtin:nano",
    ])
      assert.equal(parseHubId(text), undefined, text);
  });
});
