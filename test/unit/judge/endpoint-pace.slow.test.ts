import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, pairs, refuse, reply, serve, seven } from "./judge-server.ts";

test("a judge behind a server is asked so often a minute, and not before a time that it named to one of all", async (t) => {
  const times: number[] = [];
  const server = await serve(t, ({ time }, response, place) => {
    times.push(performance.now());
    if (place === 0 && time === 0) refuse(response, 429, { "retry-after": "1" });
    else reply(response, seven);
  });
  const judgements = await judge(server, { requestsPerMinute: 6000, concurrency: 1 }).score(pairs(3));
  assert.ok(judgements.every(({ value }) => value === 1));
  const gaps = times.slice(1).map((time, i) => time - times[i]!);
  // Timers may fire a little early; nothing here depends on how late they are.
  assert.ok(gaps[0]! >= 990, `asked again after ${gaps[0]} ms`);
  assert.ok(
    gaps.slice(1).every((gap) => gap > 5),
    `gaps of ${gaps.join(", ")} ms`,
  );
});
