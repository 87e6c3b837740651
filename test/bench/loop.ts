import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../daemon/config/load.ts";
import type { Engine } from "../../daemon/engine/engine.ts";
import type { Scorer } from "../../daemon/judge/scorer.ts";
import type { SelfPlayGame } from "../../daemon/runs/game.ts";
import { selfPlay } from "../../daemon/runs/play.ts";
import { openSession } from "../../daemon/runs/session.ts";
import { train } from "../../daemon/runs/train.ts";
import { Store } from "../../daemon/store/store.ts";

/** Adds up the wall time during which at least one call of an object's methods is under way. */
function timed<T extends object>(target: T, clock: { busy: number; calls: number; since: number }): T {
  return new Proxy(target, {
    get(object, key): unknown {
      const value = Reflect.get(object, key, object);
      if (typeof value !== "function") return value;
      return async (...args: unknown[]): Promise<unknown> => {
        if (clock.calls++ === 0) clock.since = performance.now();
        try {
          return await value.apply(object, args);
        } finally {
          if (--clock.calls === 0) clock.busy += performance.now() - clock.since;
        }
      };
    },
  });
}

/** Share of a round's wall time in which neither the engine nor a judge works, on the example; durable writes included. */
export async function loopShare(rounds = 40): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), "sparring-bench-"));
  const overrides = [`game.rounds=${rounds}`, "eval.every=1000", "checkpoints.every=1000"];
  const { config } = await loadConfig("examples/addition.sparring.yaml", overrides);
  const session = await openSession(config, { seed: 1 }, home);
  try {
    const clock = { busy: 0, calls: 0, since: 0 };
    const engine: Engine = timed(session.engine, clock);
    const scorer = (each: Scorer): Scorer => timed(each, clock);
    // The example is a game of rewards.
    const played = session.game as SelfPlayGame;
    const { reward, selfReward } = played;
    const game: SelfPlayGame = {
      ...played,
      engine,
      reward: scorer(reward),
      selfReward: selfReward && scorer(selfReward),
    };
    const record = {
      format: 1 as const,
      id: "bench",
      name: "bench",
      createdAt: "",
      config: {},
      lineage: { root: "bench", seed: 1, changes: {} },
      versions: {},
      fingerprint: engine.capabilities.fingerprint,
    };
    const writer = await new Store(home).create(record);
    const shares: number[] = [];
    let last = { wall: performance.now(), busy: 0 };
    const onEvent = (event: { type: string }): void => {
      if (event.type !== "round") return;
      const now = {
        wall: performance.now(),
        busy: clock.busy + (clock.calls > 0 ? performance.now() - clock.since : 0),
      };
      shares.push(1 - (now.busy - last.busy) / (now.wall - last.wall));
      last = now;
    };
    await train(writer, { ...session, game, engine }, selfPlay(game), undefined, { onEvent });
    await writer.close();
    return shares.sort((a, b) => a - b)[Math.floor(shares.length / 2)];
  } finally {
    await session.close();
    rmSync(home, { recursive: true });
  }
}
