/** A judge's server that sends without end: what is kept of it stays within bounds. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { judge, pairs } from "./judge-server.ts";

/** In a process of its own, so that its memory does not count: every other reply never ends, the rest have 1 MB of nonsense. */
const server = `
const megabyte = Buffer.alloc(1e6, "x");
let asked = 0;
const server = require("node:http").createServer((request, response) => {
  request.resume();
  response.on("error", () => {});
  response.writeHead(200);
  if (asked++ % 2 === 0) { response.end(megabyte); return; }
  const more = () => { while (!response.destroyed && response.write(megabyte)) {} };
  response.on("drain", more);
  more();
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

test("a judge's server that sends 1 MB of nonsense or without end costs bounded memory, and nothing is scored 0", async (t) => {
  const child = spawn(process.execPath, ["-e", server], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  const [port] = (await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()).value.split("\n");
  const scorer = judge({ origin: `http://127.0.0.1:${port}` }, { retries: 3 });
  // What loading costs is not the server's doing.
  await scorer.score(pairs(8));
  const before = process.memoryUsage().rss;
  let most = before;
  const judgements = await scorer.score(pairs(200), {
    onProgress: () => {
      most = Math.max(most, process.memoryUsage().rss);
    },
  });
  assert.ok(judgements.every(({ value }) => value === null));
  const requests = scorer.figures!()["judge/endpoint/requests"]!;
  t.diagnostic(`${requests} replies of 1 MB and more, ${((most - before) / 1e6).toFixed(0)} MB more memory`);
  assert.ok(requests >= 800);
  // Kept, the replies would be 800 MB and more.
  assert.ok(most - before < 250e6, `${(most - before) / 1e6} MB`);
});
