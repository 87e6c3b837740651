import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { SparringError } from "../../../daemon/errors.ts";
import { acquireLock, type LockHolder, lockName } from "../../../daemon/store/lock.ts";
import { type Processes, type ProcessIdentity, systemProcesses } from "../../../daemon/store/processes.ts";
import { Store } from "../../../daemon/store/store.ts";
import { MemoryFileSystem } from "./memory-fs.ts";
import { assertRejects } from "./throws.ts";
import { home, RestartingProcesses, runId, runRecord } from "./trainer.ts";

const self: ProcessIdentity = { pid: 7, startTime: "42", bootId: "boot", host: "gpu.lab" };

/** Locks on a run that was left locked by `owner`. */
async function openLockedBy(owner: ProcessIdentity, state: ReturnType<Processes["state"]>): Promise<string[]> {
  const fs = new MemoryFileSystem();
  const writer = await new Store(home, { fs, processes: new RestartingProcesses() }).create(runRecord);
  await writer.close();
  await fs.makeFolder(join(writer.dir, lockName(owner)));
  const processes: Processes = {
    self: () => self,
    state: (asked) => {
      assert.deepEqual(asked, owner);
      return state;
    },
  };
  const locks = async (): Promise<string[]> =>
    (await fs.list(writer.dir)).map(({ name }) => name).filter((name) => name.startsWith("writer."));
  try {
    await new Store(home, { fs, processes }).open(runId);
    return locks();
  } catch (error) {
    assert.deepEqual(await locks(), [lockName(owner)], "who is refused leaves the lock as it was");
    throw error;
  }
}

describe("the writer lock", () => {
  test("of a dead process is taken over", async () => {
    assert.deepEqual(await openLockedBy({ ...self, pid: 4711 }, "gone"), [lockName(self)]);
    assert.deepEqual(await openLockedBy({ ...self, startTime: "41" }, "gone"), [lockName(self)]);
  });

  test("of a running process is respected", async () => {
    await assertRejects(openLockedBy({ ...self, pid: 4711 }, "running"), {
      code: "store/locked",
      message: /"addition" is being written by process 4711/,
      next: /end it with `kill \d+`/,
    });
  });

  test("of another machine is respected, with the folder to delete once that machine is gone", async () => {
    await assertRejects(openLockedBy({ ...self, host: "other.host" }, "elsewhere"), {
      code: "store/locked-elsewhere",
      message: /process 7 on the machine "other.host"/,
      next: /delete the folder .*writer\.7\.42\.boot\.other\.host/,
    });
  });

  test("keeps the same process from writing twice, until it closes", async () => {
    const store = new Store(home, { fs: new MemoryFileSystem(), processes: new RestartingProcesses() });
    const writer = await store.create(runRecord);
    await assertRejects(store.open(runId), {
      code: "store/locked",
      message: /process 100/,
      next: /end it with `kill \d+`/,
    });
    await writer.close();
    await (await store.open(runId)).close();
  });

  test("is held by at most one of two that try at once", async () => {
    const fs = new MemoryFileSystem();
    await (await new Store(home, { fs, processes: new RestartingProcesses() }).create(runRecord)).close();
    const opened = await Promise.allSettled(
      [1, 2].map((pid) =>
        new Store(home, { fs, processes: { self: () => ({ ...self, pid }), state: () => "running" } }).open(runId),
      ),
    );
    assert.ok(opened.filter(({ status }) => status === "fulfilled").length <= 1);
  });
});

describe("a lock of another kind", () => {
  const dir = "/home";
  const refuse = ({ owner, state, path }: LockHolder): SparringError =>
    new SparringError("test/held", `${owner.pid} ${state}`, path);
  const processOf = (pid: number, state: ReturnType<Processes["state"]>): Processes => ({
    self: () => ({ ...self, pid }),
    state: () => state,
  });

  async function folder(): Promise<MemoryFileSystem> {
    const fs = new MemoryFileSystem();
    await fs.makeFolder(dir);
    return fs;
  }

  test("is told from what else lies there, and from locks of other kinds", async () => {
    const fs = await folder();
    for (const name of ["daemon", "daemon.json", "daemon.1.2.3", "daemon.x.1.boot.host", lockName(self, "writer")]) {
      await fs.makeFolder(join(dir, name));
    }
    await acquireLock(fs, dir, "daemon", processOf(8, "running"), refuse);
    assert.equal((await fs.list(dir)).length, 6);
  });

  test("is refused in the words of its kind, with its holder", async () => {
    const fs = await folder();
    await acquireLock(fs, dir, "daemon", processOf(7, "running"), refuse);
    for (const state of ["running", "elsewhere"] as const) {
      const second = acquireLock(fs, dir, "daemon", processOf(8, state), refuse);
      await assertRejects(second, { code: "test/held", message: new RegExp(`7 ${state}`), next: /daemon\.7\./ });
    }
    assert.equal((await fs.list(dir)).length, 1);
  });

  test("of a dead process may be removed by several at once, and its folder by anybody", async () => {
    const fs = await folder();
    await fs.makeFolder(join(dir, lockName({ ...self, pid: 1 }, "daemon")));
    const several = [2, 3, 4].map((pid) => acquireLock(fs, dir, "daemon", processOf(pid, "gone"), refuse));
    for (const release of await Promise.all(several)) await release();
    assert.deepEqual(await fs.list(dir), []);
  });
});

describe("processes of this machine", { skip: process.platform !== "linux" }, () => {
  test("tell a running process from one that was killed or had its pid before", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    await once(child, "spawn");
    const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8");
    const identity = { ...systemProcesses.self(), pid: child.pid!, startTime: stat.split(") ")[1]!.split(" ")[19]! };
    assert.equal(systemProcesses.state(identity), "running");
    assert.equal(systemProcesses.state({ ...identity, startTime: "1" }), "gone");
    assert.equal(systemProcesses.state({ ...identity, bootId: "the boot before" }), "gone");
    assert.equal(systemProcesses.state({ ...identity, host: "elsewhere" }), "elsewhere");
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.equal(systemProcesses.state(identity), "gone");
  });

  test("know this process", () => {
    assert.equal(systemProcesses.state(systemProcesses.self()), "running");
  });
});
