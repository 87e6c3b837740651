import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { WatchDog } from "../../../daemon/runs/control/watch-dog.ts";

const busy = { alive: true, pid: process.pid, call: "sample", silentSeconds: 61 };

describe("the watch-dog", () => {
  test("is silent while a phase takes what it usually does, or nothing is known of it", () => {
    const dog = new WatchDog({ factor: 5, seconds: 30, hang: { factor: 20, seconds: 600 } });
    const phase = { name: "solve", round: 7, seconds: 70, usual: 15 };
    assert.equal(dog.look(undefined, busy), undefined);
    assert.equal(dog.look(phase, busy), undefined, "70 s are less than 5 × 15");
    assert.equal(dog.look({ ...phase, usual: null }, busy), undefined, "the first round");
    assert.equal(dog.look({ ...phase, seconds: 29, usual: 0.1 }, busy), undefined, "short phases vary more");
  });

  test("says which phase, for how long, and what the engine is doing", () => {
    const dog = new WatchDog({ factor: 5, seconds: 30, hang: { factor: 20, seconds: 600 } });
    const phase = { name: "solve", round: 7, seconds: 76, usual: 15 };
    assert.match(
      dog.look(phase, busy)!,
      /^Stuck in solve of round 7 for 76 s, 5 times its usual 15\.0 s\. The engine \(process \d+\) works on "sample", and last answered 61 s ago\.$/,
    );
    assert.match(dog.look(phase, { alive: false, silentSeconds: 3 })!, /The engine's process has ended\.$/);
    assert.match(
      dog.look(phase, { alive: true, silentSeconds: 3 })!,
      /The engine has nothing to do, and last answered 3 s ago\.$/,
    );
  });

  test("tells a process that works from one that hangs", { skip: process.platform !== "linux" }, async () => {
    const phase = { name: "solve", round: 7, seconds: 76, usual: 15 };
    const child = spawn(process.execPath, ["-e", "process.stdout.write('.'); for (;;);"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      await new Promise((resolve) => child.stdout!.once("data", resolve));
      const dog = new WatchDog({ factor: 5, seconds: 30, hang: { factor: 20, seconds: 600 } });
      const share = (): number => {
        const sentence = dog.look(phase, { ...busy, pid: child.pid! })!;
        return Number(/uses (\d+) % of a core/.exec(sentence)?.[1] ?? Number.NaN);
      };
      assert.ok(Number.isNaN(share()), "one look tells nothing");
      await sleep(300);
      const working = share();
      child.kill("SIGSTOP");
      await sleep(50);
      share();
      await sleep(300);
      const hanging = share();
      assert.ok(working > 5, `${working} %`);
      assert.equal(hanging, 0);
    } finally {
      child.kill("SIGKILL");
    }
  });

  test("gives up an engine that is silent and idle, one that works only after six times as long", async () => {
    const dog = new WatchDog({ factor: 5, seconds: 30, hang: { factor: 20, seconds: 600 } });
    const sleeper = spawn(process.execPath, ["-e", "process.stdout.write('.'); setTimeout(() => {}, 1e9);"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      await new Promise((resolve) => sleeper.stdout!.once("data", resolve));
      sleeper.kill("SIGSTOP");
      const silent = (silentSeconds: number) => ({ ...busy, pid: sleeper.pid!, silentSeconds });
      assert.equal(dog.hung(null, silent(599)), undefined, "one look tells nothing of what it does");
      await sleep(50);
      assert.equal(dog.hung(null, silent(599.9)), undefined);
      await sleep(50);
      if (process.platform === "linux") {
        assert.equal(
          dog.hung(null, silent(600)),
          'it has not answered to "sample" for 600 s, in which its process used 0 % of a core.',
        );
      }
      assert.equal(dog.hung(31, silent(619)), undefined, "20 times the usual 31 s are more than 600 s");
      assert.ok(dog.hung(31, silent(6 * 620)), "whatever it does");
      assert.equal(dog.hung(null, silent(3)), undefined, "it answered again");
      assert.equal(dog.hung(null, { alive: true, pid: sleeper.pid!, silentSeconds: 9999 }), undefined, "nothing to do");
      assert.equal(dog.hung(null, { ...silent(9999), alive: false }), undefined, "it has ended");
    } finally {
      sleeper.kill("SIGKILL");
    }
  });
});
