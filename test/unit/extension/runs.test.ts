import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Progress } from "../../../daemon/protocol.ts";
import { Daemon } from "../../../extension/daemon/daemon.ts";
import { type RawLink, validLink } from "../../../extension/daemon/valid-link.ts";
import { noticeOfChange, StuckNotices } from "../../../extension/runs/notices.ts";
import { type Change, Runs } from "../../../extension/runs/runs.ts";
import { FakeLink, overview } from "./fakes.ts";

function progress(run: string, facts: Partial<Progress> = {}): Progress {
  return {
    ...{ run, state: "running", round: 13, rounds: 20, finished: 12, phase: "solve", done: 1, total: 4 },
    ...{ phaseSeconds: 1, usualPhaseSeconds: 2, elapsedSeconds: 9, remainingSeconds: 90, device: "cpu" },
    ...facts,
  } as Progress;
}

/** Runs over connections that the test opens and ends. */
function world(answer: (method: string, params: unknown) => unknown) {
  let open = (_link: RawLink): void => {};
  const daemon = new Daemon({
    open: () => new Promise((resolve) => (open = (link) => resolve(validLink(link)))),
    startsUnasked: () => true,
    wait: async () => {},
    log: () => {},
  });
  const problems: unknown[] = [];
  const runs = new Runs(daemon, (problem) => problems.push(problem));
  daemon.start();
  /** Connects; resolves when the runs are known. */
  const connect = async (): Promise<FakeLink> => {
    const link = new FakeLink(answer);
    await new Promise<void>((resolve) => {
      const stop = runs.onChange(() => {
        if (daemon.state !== "connected") return;
        stop();
        resolve();
      });
      open(link);
    });
    return link;
  };
  return { daemon, runs, connect, problems };
}

const page = (runs: object[]) => ({ runs, next: null });
const asked = ({ asked: all }: FakeLink, method: string) =>
  all.filter((each) => each.method === method).map(({ params }) => params);

describe("the runs of a window", () => {
  test("are read in pages, the newest first, and anew with every connection", async () => {
    let second = page([overview("old", { createdAt: "2026-01-01" })]);
    const { daemon, runs, connect } = world((_method, params) =>
      (params as { after?: string }).after === "new"
        ? second
        : { runs: [overview("new", { createdAt: "2026-02-02" })], next: "new" },
    );
    const link = await connect();
    assert.deepEqual(
      runs.all.map(({ id }) => id),
      ["new", "old"],
    );
    second = page([]);
    link.end({ reason: "killed", isMeant: false });
    await new Promise((resolve) => setImmediate(resolve));
    await connect();
    assert.deepEqual(
      runs.all.map(({ id }) => id),
      ["new"],
    );
    await daemon.dispose();
  });

  test("that came into another state while the daemon was away are told of afterwards", async () => {
    let state: "running" | "interrupted" = "running";
    const { daemon, runs, connect } = world((method) =>
      method === "sparring/run/list"
        ? page([overview("a", { state })])
        : { overview: overview("a", { state }), progress: null },
    );
    const link = await connect();
    state = "interrupted";
    link.end({ reason: "killed", isMeant: false });
    await new Promise((resolve) => setImmediate(resolve));
    const change = new Promise<Change>((resolve) => runs.onChange((each) => each && resolve(each)));
    await connect();
    const notice = noticeOfChange(await change);
    assert.equal(notice?.text, "a was interrupted, because its daemon ended. Its rounds up to 12 are safe.");
    assert.deepEqual(notice.actions[0], { title: "Resume", command: "sparring.resume" });
    await daemon.dispose();
  });

  test("are watched once for all who look, and again after a new connection", async () => {
    const { daemon, runs, connect } = world((method) =>
      method === "sparring/run/watch"
        ? { overview: overview("a"), progress: null }
        : method === "sparring/run/list"
          ? page([overview("a")])
          : null,
    );
    const first = await connect();
    const [release, releaseToo] = [runs.watch("a"), runs.watch("a")];
    assert.deepEqual(asked(first, "sparring/run/watch"), [{ run: "a" }]);
    release();
    release();
    assert.deepEqual(asked(first, "sparring/run/unwatch"), []);
    first.end({ reason: "killed", isMeant: false });
    await new Promise((resolve) => setImmediate(resolve));
    const second = await connect();
    assert.deepEqual(asked(second, "sparring/run/watch"), [{ run: "a" }]);
    releaseToo();
    assert.deepEqual(asked(second, "sparring/run/unwatch"), [{ run: "a" }]);
    await daemon.dispose();
  });

  test("tell of each change with what was before, and follow the active run's progress", async () => {
    const { daemon, runs, connect } = world((method) =>
      method === "sparring/run/list"
        ? page([overview("a", { state: "queued" })])
        : { overview: overview("a"), progress: progress("a") },
    );
    const link = await connect();
    const changes: (Change | undefined)[] = [];
    runs.onChange((change) => change && changes.push(change));
    link.tell("sparring/run/changed", overview("a", { state: "running" }));
    link.tell("sparring/round/progress", progress("a", { finished: 14 }));
    link.tell("sparring/round/progress", progress("stranger"));
    assert.deepEqual(
      changes.map((change) => [change?.before?.state, change?.after.state]),
      [["queued", "running"]],
    );
    assert.equal(runs.active?.round, 14);
    assert.equal(runs.isShown("a"), false, "the status item is no panel");
    const close = runs.watch("a");
    assert.equal(runs.isShown("a"), true);
    close();
    link.tell("sparring/run/changed", overview("b", { state: "queued", queuePlace: 1, waitsFor: "a" }));
    assert.deepEqual(runs.waitingFor("a"), ["b"]);
    link.tell("sparring/run/changed", overview("b", { state: "stopped" }));
    assert.equal(runs.progressOf("a")?.finished, 14);
    assert.equal(runs.progressOf("stranger"), undefined);
    link.tell("sparring/run/changed", overview("a", { state: "finished" }));
    assert.equal(runs.active, undefined);
    assert.deepEqual(asked(link, "sparring/run/unwatch"), [{ run: "a" }]);
    await daemon.dispose();
  });
});

describe("notices", () => {
  test("of a finished run say what it learned, of a failed one what to do", () => {
    const before = overview("a", { state: "running" });
    const accuracy = { first: 0.25, last: 0.5 };
    const finished = noticeOfChange({ before, after: overview("a", { accuracy }) });
    assert.equal(finished?.text, "a has finished after round 12. Held-out accuracy 25.0 % → 50.0 %.");
    const problem = { code: "x/y", message: "Out of memory.", next: "Lower [it](command:evil)." };
    const failed = noticeOfChange({ before, after: overview("a", { state: "failed", problem }) });
    assert.equal(failed?.text, "a has failed. Out of memory. Lower [it] (command:evil).");
    assert.equal(failed.level, "error");
    const away = { ...problem, code: "engine/not-set-up" };
    const lacking = noticeOfChange({ before, after: overview("a", { state: "failed", problem: away }) });
    assert.equal(lacking?.actions[0]?.command, "sparring.setUpTorch");
  });

  test("are not given of what was so already, nor of what a person asked for", () => {
    assert.equal(noticeOfChange({ before: undefined, after: overview("a") }), undefined);
    assert.equal(noticeOfChange({ before: overview("a"), after: overview("a", { ratings: 3 }) }), undefined);
    assert.equal(
      noticeOfChange({ before: overview("a", { state: "running" }), after: overview("a", { state: "paused" }) }),
      undefined,
    );
  });

  test("of a stuck phase come once, and again after it went on", () => {
    const stuck = new StuckNotices();
    const told = ["late", "later", undefined, "late"].map(
      (sentence) => stuck.of(progress("a", sentence === undefined ? {} : { stuck: sentence }))?.text,
    );
    assert.deepEqual(told, ["a: late", undefined, undefined, "a: late"]);
  });
});
