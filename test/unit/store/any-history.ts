import assert from "node:assert/strict";
import fc from "fast-check";
import { SparringError } from "../../../daemon/errors.ts";
import { assertNothingLost } from "./invariants.ts";
import { MemoryFileSystem } from "./memory-fs.ts";
import { afterPowerCut, anyPowerCut } from "./power-cut.ts";
import { pseudoRandom } from "./pseudo-random.ts";
import { type Mark, RestartingProcesses, runId, Trainer } from "./trainer.ts";

const action = fc.record({
  does: fc.constantFrom("commit", "commit without snapshot", "checkpoint", "retain", "rate", "undo", "restart"),
  meets: fc.oneof(
    { weight: 3, arbitrary: fc.constant({ kind: "nothing" } as const) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("full disk" as const), at: fc.nat(20) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("power cut" as const),
        /** How far the action had come. */
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        seed: fc.integer({ min: 1 }),
      }),
    },
  ),
});
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** What may happen to a run, in any order: the property is that nothing acknowledged is ever lost. */
export const history: fc.Arbitrary<Action[]> = fc.array(action, { minLength: 1, maxLength: 18 });

/** Plays a history and checks the run after every restart. */
export async function playHistory(actions: readonly Action[]): Promise<void> {
  const processes = new RestartingProcesses();
  const marks: Mark[] = [];
  let fs = new MemoryFileSystem();
  let session = 1;
  let trainer = new Trainer(fs, session, processes);
  let next = 0;
  let marked = 0;
  let ratings = 0;
  await trainer.create();

  const hear = (until: number): void => {
    const heard = fs.steps.slice(marked, until).flatMap((step) => (step.kind === "mark" ? [step.mark as Mark] : []));
    marks.push(...heard);
    marked = until;
  };
  const restart = async (): Promise<void> => {
    processes.restart();
    trainer = new Trainer(fs, ++session, processes);
    const recovered = await trainer.recover();
    await assertNothingLost(fs, trainer.store, recovered, marks);
    next = (recovered.from?.round ?? -1) + 1;
  };
  const rate = async (): Promise<void> => {
    if (next === 0) return;
    await trainer.rate(next - 1, `rating ${ratings}`);
    ratings++;
  };
  /** Takes the newest rating back that stands. */
  const undo = async (): Promise<void> => {
    const standing = await (await trainer.store.openRatings(runId)).list();
    if (standing.length > 0) await trainer.unrate(standing.at(-1)!.id);
  };
  const perform = async (does: Action["does"]): Promise<void> => {
    if (does === "checkpoint") await trainer.checkpoint(next);
    else if (does === "retain") await trainer.retain(1, [0]);
    else if (does === "rate") await rate();
    else if (does === "undo") await undo();
    else if (does === "restart") await restart();
    else await trainer.commit(next++, does === "commit");
  };

  for (const { does, meets } of actions) {
    const before = fs.steps.length;
    if (meets.kind === "full disk" && does !== "restart") {
      let left = meets.at;
      fs.isFull = () => left-- === 0;
      const round = next;
      try {
        await perform(does);
      } catch (error) {
        assert.ok(error instanceof SparringError && error.code === "store/disk-full", String(error));
        next = round;
        await perform(does);
      }
      fs.isFull = () => false;
    } else {
      await perform(does);
    }
    if (meets.kind === "power cut") {
      const count = before + Math.round(meets.at * (fs.steps.length - before));
      hear(count);
      fs = afterPowerCut(fs, count, anyPowerCut("cut", pseudoRandom(meets.seed)));
      marked = 0;
      await restart();
    } else {
      hear(fs.steps.length);
    }
  }
  await restart();
}
