import { wrongSums } from "../data/wrong-sum.ts";
import { streamUniform } from "../engine/random.ts";
import { addition } from "../tasks/addition.ts";

/*
 * Writes preferences on nano's task as JSON lines, the data of the small reward model (`daemon/models/nano-reward`): the right answer
 * to a sum beside a wrong one. The first lines, `"split": "held-out"`, are on sums that are never trained on. Deterministic.
 *
 *   npx tsx daemon/cli/nano-preferences.ts > preferences.jsonl
 */

const seed = 1;
const trainingPairs = 400_000;

/** Mistakes of a person, of a bad guess, and of form; how often each is drawn. */
const kinds = { mistake: 0.5, digit: 0.2, guess: 0.15, form: 0.15 } as const;
type Kind = keyof typeof kinds;

interface Preference {
  readonly split: "train" | "held-out";
  readonly kind: Kind;
  readonly query: string;
  readonly chosen: string;
  readonly rejected: string;
}

let drawn = 0;

/** The next number in [0, 1). */
function uniform(): number {
  return streamUniform(seed, "data", drawn++);
}

function oneOf<T>(values: readonly T[]): T {
  return values[Math.floor(uniform() * values.length)]!;
}

function drawKind(): Kind {
  let rest = uniform();
  for (const [kind, share] of Object.entries(kinds)) {
    rest -= share;
    if (rest < 0) return kind as Kind;
  }
  return "form";
}

/** A wrong answer of a kind. */
function wrong(query: string, right: string, kind: Kind): string {
  const [a, b] = query.split("+").map(Number) as [number, number];
  const place = Math.floor(uniform() * right.length);
  switch (kind) {
    case "mistake":
      return oneOf(wrongSums(a, b));
    case "digit":
      return right.slice(0, place) + Math.floor(uniform() * 10) + right.slice(place + 1);
    case "guess":
      return String(Math.floor(uniform() * 199));
    case "form":
      return oneOf(["", `0${right}`, `${right}${Math.floor(uniform() * 10)}`, right.slice(0, -1), query, `${right}=`]);
  }
}

function preference(split: Preference["split"], query: string): Preference {
  const chosen = addition.expected(query);
  const kind = drawKind();
  for (;;) {
    const rejected = wrong(query, chosen, kind);
    if (rejected !== chosen) return { split, kind, query, chosen, rejected };
  }
}

function write(line: Preference): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

// Twice through the held-out sums: about 1,200 pairs, each with a mistake of its own.
for (const query of [...addition.heldOut(), ...addition.heldOut()]) write(preference("held-out", query));
for (let i = 0; i < trainingPairs; i++) write(preference("train", addition.draw(uniform())));
