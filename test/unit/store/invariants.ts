import assert from "node:assert/strict";
import { join } from "node:path";
import { listCheckpoints } from "../../../daemon/store/checkpoints.ts";
import { orIfMissing } from "../../../daemon/store/file-errors.ts";
import type { FileSystem } from "../../../daemon/store/fs.ts";
import { layout } from "../../../daemon/store/layout.ts";
import { readRatings } from "../../../daemon/store/ratings.ts";
import type { Recovered } from "../../../daemon/store/recover.ts";
import { readRoundLog } from "../../../daemon/store/rounds.ts";
import { readSamples } from "../../../daemon/store/samples.ts";
import type { Store } from "../../../daemon/store/store.ts";
import { walk } from "../../../daemon/store/tree.ts";
import { assertState, home, type Mark, queriesOf, runId } from "./trainer.ts";

const dir = layout.run(home, runId);

/** Every acknowledged thing a run's folder holds, as "round:session". */
interface Holdings {
  readonly rounds: Set<string>;
  readonly checkpoints: Set<string>;
  /** By id, the play that it is about. */
  readonly ratings: Map<string, string>;
}

/**
 * Checks a run right after its recovery: what it lists is whole and of one piece, the state to go on from is exactly that of
 * its round, nothing unfinished lies about, and whatever was acknowledged is in the run or kept aside.
 */
export async function assertNothingLost(
  fs: FileSystem,
  store: Store,
  recovered: Recovered,
  marks: readonly Mark[],
): Promise<void> {
  const sessions = new Map(recovered.rounds.map(({ round, notes }) => [round, notes[0]!]));
  assert.deepEqual(await store.readRounds(runId), recovered.rounds);
  assert.equal(recovered.from?.round, recovered.rounds.at(-1)?.round);
  if (recovered.from) {
    await assertState(fs, recovered.from.dir, recovered.from.round, sessions.get(recovered.from.round)!);
  }
  await assertTidy(fs);

  const held: Holdings = { rounds: new Set(), checkpoints: new Set(), ratings: new Map() };
  await collect(fs, dir, held);
  for (const { name } of await orIfMissing(fs.list(layout.rewound(dir)), [])) {
    await collect(fs, join(layout.rewound(dir), name), held);
  }
  const standing = await (await store.openRatings(runId)).list();
  for (const { id, round, comment } of standing) {
    assert.equal(sessions.get(round), comment, `rating ${id} is of another play of round ${round}`);
    held.ratings.set(id, name({ round, session: comment! }));
  }
  const mayBeUndone = (id: string): boolean => marks.some((mark) => mark.kind === "undoing" && mark.id === id);
  const dropped = new Set(marks.flatMap((mark) => (mark.kind === "dropping" ? mark.rounds : [])));
  const finished = new Set(marks.flatMap((mark) => (mark.kind === "round" ? [name(mark)] : [])));
  for (const mark of marks) {
    if (mark.kind === "undone") assert.ok(!standing.some(({ id }) => id === mark.id), `${mark.id} was taken back`);
    if (mark.kind === "rating" && !mayBeUndone(mark.id)) {
      const play = held.ratings.get(mark.id);
      assert.ok(play !== undefined, `rating ${mark.id} is lost`);
      assert.ok(held.rounds.has(play), `rating ${mark.id} is not where its round is`);
    }
    if (mark.kind === "round") assert.ok(held.rounds.has(name(mark)), `round ${name(mark)} is lost`);
    // A checkpoint belongs to its round: while that is unfinished, it goes when the round is played again.
    if (mark.kind === "checkpoint" && finished.has(name(mark)) && !dropped.has(mark.round)) {
      assert.ok(held.checkpoints.has(name(mark)), `checkpoint ${name(mark)} is lost`);
    }
  }
}

/** Reads the rounds, samples and checkpoints of a folder; each must be whole, and of one session. */
async function collect(fs: FileSystem, folder: string, held: Holdings): Promise<void> {
  const { rounds, tornBytes } = await readRoundLog(fs, folder);
  assert.equal(tornBytes, 0);
  for (const { round, notes } of rounds) {
    assert.deepEqual(await readSamples(fs, folder, round), queriesOf(round, notes[0]!));
    held.rounds.add(name({ round, session: notes[0]! }));
  }
  for (const { id, round, comment } of folder === dir ? [] : await readRatings(fs, folder)) {
    assert.ok(held.rounds.has(name({ round, session: comment! })), `rating ${id} is not where its round is`);
    held.ratings.set(id, name({ round, session: comment! }));
  }
  for (const checkpoint of await listCheckpoints(fs, folder)) {
    const text = String(await fs.read(join(checkpoint.dir, "weights.safetensors")));
    const session = /, (\S+?)weights/.exec(text)![1]!;
    await assertState(fs, checkpoint.dir, checkpoint.round, session);
    held.checkpoints.add(name({ round: checkpoint.round, session }));
  }
}

async function assertTidy(fs: FileSystem): Promise<void> {
  const { files, folders } = await walk(fs, dir);
  const untidy = [...files, ...folders].filter((path) => /\.(tmp|partial|removed)(\/|$)/.test(path));
  assert.deepEqual(
    untidy.filter((path) => !path.startsWith("rewound/")),
    [],
  );
}

function name({ round, session }: { readonly round: number; readonly session: string }): string {
  return `${round}:${session}`;
}
