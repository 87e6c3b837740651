import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { FakeHub, neededOf, shardedModel } from "../unit/models/hub/fake-hub.ts";

const python = process.env.SPARRING_PYTHON ?? "python3";
const lacksPython =
  spawnSync(python, ["-c", "import huggingface_hub"]).status !== 0 &&
  `${python} has no huggingface_hub (pip install huggingface_hub==2.4.0; SPARRING_PYTHON names another Python)`;

interface World {
  readonly hub: FakeHub;
  /** The environment of a program that knows this hub and no other. */
  readonly env: NodeJS.ProcessEnv;
}

async function world(t: TestContext): Promise<World> {
  const hub = await FakeHub.start(shardedModel());
  t.after(() => hub.stop());
  const home = await mkdtemp(join(tmpdir(), "sparring-hub-"));
  t.after(() => rm(home, { recursive: true }));
  const { HF_HUB_OFFLINE: _, HF_TOKEN: __, HF_HUB_CACHE: ___, HUGGINGFACE_HUB_CACHE: ____, ...env } = process.env;
  return { hub, env: { ...env, HF_HOME: home, HF_ENDPOINT: hub.url } };
}

function start({ env }: World, t: TestContext): ChildProcess {
  const args = ["--import", "tsx", "test/e2e/hub-child.ts", "org/tiny"];
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  return child;
}

async function resolved(child: ChildProcess): Promise<{ dir: string; pinned: string }> {
  return JSON.parse(await text(child.stdout!));
}

async function assertExact(dir: string, hub: FakeHub): Promise<void> {
  const needed = neededOf(hub.files);
  assert.deepEqual((await readdir(dir)).sort(), Object.keys(needed).sort());
  for (const [name, bytes] of Object.entries(needed)) assert.deepEqual(await readFile(join(dir, name)), bytes, name);
}

async function pythonSays(env: NodeJS.ProcessEnv, program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(python, ["-c", `import huggingface_hub as hub\n${program}`], { env });
  return stdout.trim();
}

describe("processes that share a cache", () => {
  test("download the same model at once without harm", async (t) => {
    const here = await world(t);
    const [a, b] = await Promise.all([resolved(start(here, t)), resolved(start(here, t))]);
    assert.deepEqual(a, b);
    assert.equal(a.pinned, `org/tiny@${here.hub.commit}`);
    await assertExact(a.dir, here.hub);
  });

  test("go on where a killed one was", async (t) => {
    const here = await world(t);
    let reached = (): void => {};
    const stalled = new Promise<void>((resolve) => {
      reached = resolve;
    });
    here.hub.fault = ({ server }) => (server === "cdn" ? { kind: "stall", after: 1500 } : undefined);
    const blobs = join(here.env.HF_HOME!, "hub/models--org--tiny/blobs");
    const killed = start(here, t);
    const watch = setInterval(async () => {
      const names = await readdir(blobs).catch(() => []);
      const half = names.find((name) => name.endsWith(".incomplete"));
      if (half && (await readFile(join(blobs, half)).catch(() => "")).length === 1500) reached();
    }, 20);
    t.after(() => clearInterval(watch));
    await stalled;
    clearInterval(watch);
    killed.kill("SIGKILL");
    await once(killed, "exit");
    here.hub.fault = () => undefined;
    here.hub.asked.length = 0;
    await assertExact((await resolved(start(here, t))).dir, here.hub);
    const ranges = here.hub.asked.filter(({ server }) => server === "cdn").map(({ headers }) => headers.range);
    assert.deepEqual(ranges, ["bytes=1500-", undefined]);
  });
});

describe("Python's huggingface_hub", { skip: lacksPython }, () => {
  test("finds what Sparring downloaded", async (t) => {
    const here = await world(t);
    const { dir } = await resolved(start(here, t));
    const offline = { ...here.env, HF_HUB_OFFLINE: "1" };
    assert.equal(await pythonSays(offline, "print(hub.snapshot_download('org/tiny'))"), dir);
    const file = "model-00001-of-00002.safetensors";
    assert.equal(await pythonSays(offline, `print(hub.hf_hub_download('org/tiny', '${file}'))`), join(dir, file));
    const scanned = "info = hub.scan_cache_dir(); print([r.repo_id for r in info.repos], info.warnings)";
    assert.equal(await pythonSays(offline, scanned), "['org/tiny'] []");
  });

  test("and Sparring use what the other downloaded, also where it is half of it", async (t) => {
    const here = await world(t);
    const python = await pythonSays(here.env, "print(hub.snapshot_download('org/tiny', allow_patterns=['*.json']))");
    here.hub.asked.length = 0;
    const { dir } = await resolved(start(here, t));
    assert.equal(dir, python);
    await assertExact(dir, here.hub);
    const fetched = here.hub.asked.filter(({ method, url }) => method === "GET" && !url.startsWith("/api/models"));
    assert.ok(fetched.every(({ url }) => url.endsWith(".safetensors")));
    assert.equal(
      await pythonSays(
        here.env,
        "print(hub.snapshot_download('org/tiny', allow_patterns=['*.safetensors', '*.json']))",
      ),
      dir,
    );
  });
});
