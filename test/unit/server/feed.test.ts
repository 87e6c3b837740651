import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { NotificationParamsOf, Progress, RunOverview } from "../../../daemon/protocol.ts";
import { Feed } from "../../../daemon/server/feed.ts";

/** A feed with a clock of its own, and a client whose buffer is set by hand. */
class Scene {
  readonly told: string[] = [];
  readonly times: number[] = [];
  readonly feed: Feed;
  buffered = 0;
  round = 0;
  #now = 0;
  #timer: { at: number; work: () => void } | undefined;

  constructor() {
    this.feed = new Feed({
      tell: (method, params) => {
        const { round, state } = params as { round?: number; state?: string };
        this.told.push(
          `${method.split("/").slice(1).join("/")} ${state ?? round ?? (params as { ratings: number }).ratings}`,
        );
        this.times.push(this.#now);
      },
      bufferedBytes: () => this.buffered,
      progress: () => ({ round: this.round }) as Progress,
      now: () => this.#now,
      later: (work, ms) => {
        assert.equal(this.#timer, undefined, "one timer at a time");
        this.#timer = { at: this.#now + ms, work };
        return {
          clear: () => {
            this.#timer = undefined;
          },
        };
      },
    });
  }

  /** Lets time pass, milliseconds. */
  pass(ms: number): void {
    const end = this.#now + ms;
    while (this.#timer && this.#timer.at <= end) {
      const { at, work } = this.#timer;
      this.#timer = undefined;
      this.#now = at;
      work();
    }
    this.#now = end;
  }

  get isWaiting(): boolean {
    return this.#timer !== undefined;
  }
}

const overview = (id: string, state: RunOverview["state"]): NotificationParamsOf<"sparring/run/changed"> =>
  ({ id, state }) as RunOverview;

describe("a client's feed", () => {
  test("has the newest snapshot of a watched run, at most ten times a second", () => {
    const scene = new Scene();
    scene.feed.watch("r");
    for (let i = 0; i < 1000; i++) {
      scene.round = i;
      scene.feed.progressed("r");
      scene.pass(1);
    }
    scene.pass(1000);
    assert.ok(scene.told.length >= 10 && scene.told.length <= 11, `${scene.told.length} in a second`);
    for (let i = 1; i < scene.times.length; i++) assert.ok(scene.times[i]! - scene.times[i - 1]! >= 100);
    assert.equal(scene.told.at(-1), "round/progress 999");
    assert.equal(scene.isWaiting, false, "with nothing to tell, no timer runs");
  });

  test("has nothing of runs that are not watched, or no longer", () => {
    const scene = new Scene();
    scene.feed.progressed("r");
    scene.feed.watch("r");
    scene.feed.progressed("r");
    scene.feed.unwatch("r");
    scene.pass(1000);
    assert.deepEqual(scene.told, []);
  });

  test("tells states and counts to everybody, the newest of each run", () => {
    const scene = new Scene();
    for (const state of ["queued", "starting", "running"] as const) scene.feed.changed(overview("a", state));
    scene.feed.changed(overview("b", "paused"));
    scene.feed.rated({ run: "a", ratings: 1 });
    scene.feed.rated({ run: "a", ratings: 2 });
    scene.pass(0);
    assert.deepEqual(scene.told, ["run/changed running", "run/changed paused", "rating/changed 2"]);
  });

  test("tells each alarm once, and of those that pile up the newest of a run", () => {
    const scene = new Scene();
    const alarm = (round: number): NotificationParamsOf<"sparring/alarm"> => {
      return { run: "a", round, alarms: [], pauses: false };
    };
    scene.feed.alarmed(alarm(1));
    scene.pass(0);
    assert.deepEqual(scene.told.splice(0), ["alarm 1"]);
    scene.buffered = 256 * 1024 + 1;
    for (let round = 2; round < 40; round++) scene.feed.alarmed(alarm(round));
    scene.pass(1000);
    assert.deepEqual(scene.told, []);
    scene.buffered = 0;
    scene.pass(1000);
    assert.deepEqual(
      scene.told,
      Array.from({ length: 16 }, (_, i) => `alarm ${24 + i}`),
    );
  });

  test("holds back while the client does not read, and then tells the newest", () => {
    const scene = new Scene();
    scene.feed.watch("r");
    scene.buffered = 256 * 1024 + 1;
    for (scene.round = 0; scene.round < 500; scene.round++) {
      scene.feed.progressed("r");
      scene.feed.changed(overview("r", scene.round % 2 === 0 ? "running" : "paused"));
      scene.pass(10);
    }
    assert.deepEqual(scene.told, []);
    scene.buffered = 0;
    scene.pass(100);
    assert.deepEqual(scene.told, ["round/progress 500", "run/changed paused"]);
  });

  test("ends with its client", () => {
    const scene = new Scene();
    scene.feed.changed(overview("r", "running"));
    scene.feed.close();
    scene.pass(1000);
    assert.deepEqual(scene.told, []);
  });
});
