import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AbortedError, SparringError } from "../../../daemon/errors.ts";
import { Daemon } from "../../../extension/daemon/daemon.ts";
import { type RawLink, validLink } from "../../../extension/daemon/valid-link.ts";
import { FakeLink } from "./fakes.ts";

const none = new SparringError("client/no-daemon", "No daemon is running.", "Start one.");

/** A daemon whose attempts end as the test says, one after the other; it then waits for `next`. */
function scripted({ startsUnasked = true } = {}) {
  const attempts: { start: boolean; succeed: (link: RawLink) => void; fail: (error: Error) => void }[] = [];
  const waits: number[] = [];
  const states: string[] = [];
  let arrived = (): void => {};
  const daemon = new Daemon({
    open: (start) =>
      new Promise((succeed, fail) => {
        attempts.push({ start, succeed: (link) => succeed(validLink(link)), fail });
        arrived();
      }),
    startsUnasked: () => startsUnasked,
    wait: (milliseconds, signal) => {
      waits.push(milliseconds);
      // The waiting ends when somebody asks for the daemon, and at once while the test steps through the back-off.
      return stepping ? Promise.resolve() : new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
    },
    log: () => {},
  });
  let stepping = true;
  daemon.onState((state) => states.push(state));
  const attempt = async (index: number) => {
    while (attempts.length <= index) await new Promise<void>((resolve) => (arrived = resolve));
    return attempts[index]!;
  };
  return { daemon, attempts, attempt, waits, states, hold: () => (stepping = false) };
}

const connected = (daemon: Daemon): Promise<void> =>
  new Promise((resolve) => {
    const stop = daemon.onState((state) => {
      if (state !== "connected") return;
      stop();
      resolve();
    });
  });

describe("the daemon, as a window sees it", () => {
  test("tries again ever more slowly, up to ten seconds, and starts a daemon once only", async () => {
    const { daemon, attempt, attempts, waits } = scripted();
    daemon.start();
    for (let i = 0; i < 8; i++) (await attempt(i)).fail(none);
    await attempt(8);
    assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    assert.deepEqual(
      attempts.map(({ start }) => start),
      [true, ...Array(8).fill(false)],
    );
    assert.equal(daemon.state, "away");
    assert.equal(daemon.problem?.message, none.message);
    await daemon.dispose();
  });

  test("is connected anew after a connection ended, and starts a daemon that crashed, but not one that was told to end", async () => {
    const { daemon, attempt, attempts, states } = scripted();
    daemon.start();
    for (const [i, isMeant] of [false, true].entries()) {
      const link = new FakeLink();
      const now = connected(daemon);
      (await attempt(i)).succeed(link);
      await now;
      link.end({ reason: "gone", isMeant });
    }
    await attempt(2);
    assert.deepEqual(
      attempts.map(({ start }) => start),
      [true, true, false],
    );
    assert.deepEqual(states, ["connecting", "connected", "connecting", "connected", "connecting"]);
    await daemon.dispose();
  });

  test("is started for who asks, though an attempt that starts none is under way", async () => {
    const { daemon, attempt, hold } = scripted({ startsUnasked: false });
    hold();
    daemon.start();
    const first = await attempt(0);
    assert.equal(first.start, false);
    const reached = daemon.reach();
    first.fail(none);
    const second = await attempt(1);
    assert.equal(second.start, true);
    second.succeed(new FakeLink());
    await reached;
    assert.equal(daemon.state, "connected");
    await daemon.dispose();
  });

  test("tells who asks why it could not be started, and ends the wait for the next attempt", async () => {
    const { daemon, attempt, hold } = scripted({ startsUnasked: false });
    hold();
    daemon.start();
    (await attempt(0)).fail(none);
    await new Promise((resolve) => setImmediate(resolve));
    const reached = daemon.reach();
    const broken = new SparringError("client/daemon-not-started", "It did not come up.", "Look into its log.");
    (await attempt(1)).fail(broken);
    await assert.rejects(reached, broken);
    await daemon.dispose();
  });

  test("answers, refuses what is no answer, and says so when it is away", async () => {
    const { daemon, attempt } = scripted();
    await assert.rejects(daemon.request("sparring/engine/list", {}), { code: "extension/away" });
    daemon.start();
    const answers: unknown[] = [{ engines: [] }, { engines: 7 }];
    const link = new FakeLink(() => answers.shift());
    const now = connected(daemon);
    (await attempt(0)).succeed(link);
    await now;
    assert.deepEqual(await daemon.request("sparring/engine/list", {}), { engines: [] });
    await assert.rejects(daemon.request("sparring/engine/list", {}), { code: "client/bad-answer" });
    await assert.rejects(daemon.request("sparring/engine/list", {}, { signal: AbortSignal.abort() }), AbortedError);
    await daemon.dispose();
  });

  test("rejects a request whose connection ended under it", async () => {
    const { daemon, attempt } = scripted();
    daemon.start();
    const link = new FakeLink(async () => {
      link.end({ reason: "killed", isMeant: false });
      await attempt(1);
      throw new Error("socket closed");
    });
    const now = connected(daemon);
    (await attempt(0)).succeed(link);
    await now;
    await assert.rejects(daemon.request("sparring/engine/list", {}), { code: "client/disconnected" });
    await daemon.dispose();
  });

  test("passes on what it is told, over connections, and nothing that is not of the protocol", async () => {
    const { daemon, attempt } = scripted();
    const told: unknown[] = [];
    const stop = daemon.on("sparring/rating/changed", (params) => told.push(params));
    daemon.start();
    for (let i = 0; i < 2; i++) {
      const link = new FakeLink();
      const now = connected(daemon);
      (await attempt(i)).succeed(link);
      await now;
      link.tell("sparring/rating/changed", { run: "a", ratings: i });
      link.tell("sparring/rating/changed", { run: "a", ratings: "many" });
      link.tell("sparring/unheard-of", {});
      if (i === 1) stop();
      link.tell("sparring/rating/changed", { run: "a", ratings: 10 + i });
      link.end({ reason: "", isMeant: false });
    }
    assert.deepEqual(told, [
      { run: "a", ratings: 0 },
      { run: "a", ratings: 10 },
      { run: "a", ratings: 1 },
    ]);
    await daemon.dispose();
  });

  test("closes a connection that was opened for a window which has closed", async () => {
    const { daemon, attempt, states } = scripted();
    daemon.start();
    const late = await attempt(0);
    await daemon.dispose();
    const link = new FakeLink();
    late.succeed(link);
    assert.equal((await link.closed).reason, "closed here");
    assert.deepEqual(states, ["connecting"]);
  });
});
