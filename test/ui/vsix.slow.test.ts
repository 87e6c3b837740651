import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { packVsix } from "./vsix.ts";
import { type ZipEntry, zipEntries } from "./zip.ts";

const mebi = 1024 * 1024;

/** What an installed extension consists of; a pattern that nothing matches is an error, too. */
const allowed = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/package\.json$/,
  /^extension\/readme\.md$/i,
  /^extension\/changelog\.md$/i,
  /^extension\/license(\.txt)?$/i,
  /^extension\/dist\/(extension\.cjs|sparring\.js|onnx-worker\.js|classifier-worker\.js|export-reward-model\.py)$/,
  /^extension\/dist\/torch-worker\/(\w+\.py|requirements\.txt)$/,
  /^extension\/dist\/webview\/(rounds|rate|compare|lineage)\.(js|css)$/,
  /^extension\/dist\/node_modules\/onnxruntime-(common|node)\/package\.json$/,
  /^extension\/dist\/node_modules\/onnxruntime-common\/dist\/cjs\/[\w.-]+\.(js|json)$/,
  /^extension\/dist\/node_modules\/onnxruntime-node\/dist\/[\w.-]+\.js$/,
  /^extension\/dist\/node_modules\/onnxruntime-node\/bin\/napi-v6\/linux\/x64\/[\w.-]+$/,
  /^extension\/daemon\/models\/nano\/provenance\.json$/,
  /^extension\/daemon\/models\/nano\/weights\/[\w.-]+\.(json|safetensors)$/,
  /^extension\/daemon\/models\/nano-reward\/provenance\.json$/,
  /^extension\/daemon\/models\/nano-reward\/weights\/[\w.-]+\.(json|jinja|onnx)$/,
  /^extension\/daemon\/config\/sparring\.schema\.json$/,
  /^extension\/examples\/[\w.-]+\.(sparring\.yaml|jsonl)$/,
  /^extension\/extension\/icons\/sparring\.(svg|png)$/,
  /^extension\/extension\/[\w/.-]+\.json$/,
  /^extension\/docs\/pictures\/[\w-]+\.png$/,
];

describe("the VSIX", () => {
  const folder = mkdtempSync(join(tmpdir(), "sparring-vsix-"));
  const vsix = join(folder, "sparring.vsix");
  let entries: ZipEntry[] = [];

  before(async () => {
    await packVsix(vsix);
    entries = zipEntries(readFileSync(vsix));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("holds what it runs from, and nothing else", () => {
    const names = entries.map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => !allowed.some((pattern) => pattern.test(name))),
      [],
      "these do not belong in it",
    );
    for (const pattern of allowed)
      assert.ok(
        names.some((name) => pattern.test(name)),
        `nothing is ${pattern}`,
      );
  });

  test("has all of the torch engine's worker", () => {
    const worker = readdirSync("daemon/engine/torch/worker").filter((file) => !file.startsWith("__"));
    const packed = entries.filter(({ name }) => name.startsWith("extension/dist/torch-worker/"));
    assert.deepEqual(packed.map(({ name }) => basename(name)).sort(), worker.sort());
  });

  test("is small: the runtime is most of it", () => {
    assert.ok(statSync(vsix).size < 25 * mebi, `${statSync(vsix).size} bytes`);
    const rest = entries.filter(({ name }) => !name.endsWith("libonnxruntime.so.1"));
    const bytes = rest.reduce((sum, { size }) => sum + size, 0);
    // Two models of 2 MB each are among it.
    assert.ok(bytes < 12 * mebi, `${bytes} bytes without the runtime's library`);
  });

  test("trains where nothing else is: unpacked to an empty folder, with an empty home", async () => {
    const [root, home] = [join(folder, "unpacked"), join(folder, "home")];
    for (const entry of entries) {
      const file = join(root, entry.name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, entry.read());
    }
    mkdirSync(home);
    const env = { PATH: process.env.PATH, HOME: home };
    const program = join(root, "extension/dist/sparring.js");
    const sparring = (...args: string[]): Promise<unknown> =>
      promisify(execFile)(process.execPath, [program, ...args], { cwd: home, env });
    try {
      await sparring("play", "--rounds", "2");
      const [run] = readdirSync(join(home, ".sparring/runs"));
      assert.ok(existsSync(join(home, ".sparring/runs", run!, "samples/000002.jsonl")));
    } finally {
      await sparring("serve", "--stop", "--force");
    }
  });
});
