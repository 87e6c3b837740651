import type { Progress, ResultOf } from "../../daemon/protocol.ts";
import { label } from "../text/label.ts";
import type { Notice } from "./notices.ts";

type Round = ResultOf<"sparring/round/list">["rounds"][number];
type Alarm = NonNullable<Round["alarms"]>[number];

/** Tells of the alarms of watched runs, from the rounds that finish while they are watched. */
export class AlarmNotices {
  readonly #roundsAfter: (run: string, round: number) => Promise<readonly Round[]>;
  /** Per run, the newest round that was looked at. */
  readonly #seen = new Map<string, number>();
  readonly #asking = new Set<string>();

  /** @param roundsAfter a run's finished rounds after one */
  constructor(roundsAfter: (run: string, round: number) => Promise<readonly Round[]>) {
    this.#roundsAfter = roundsAfter;
  }

  /** What the rounds since the last snapshot of a run are worth saying; what began before the first one is no news. */
  async of({ run, finished }: Pick<Progress, "run" | "finished">): Promise<Notice[]> {
    const seen = this.#seen.get(run);
    if (finished === null || this.#asking.has(run)) return [];
    if (seen === undefined || finished <= seen) {
      this.#seen.set(run, finished);
      return [];
    }
    this.#asking.add(run);
    try {
      const rounds = await this.#roundsAfter(run, seen);
      this.#seen.set(run, rounds.at(-1)?.round ?? seen);
      return rounds.flatMap(({ round, alarms = [] }) => alarms.map((alarm) => noticeOf(run, round, alarm)));
    } finally {
      this.#asking.delete(run);
    }
  }
}

function noticeOf(run: string, round: number, { severity, sentence }: Alarm): Notice {
  return {
    level: severity,
    text: label(`${run}, round ${round}: ${sentence}`),
    round,
    actions: [
      { title: "Show Samples", command: "sparring.openRoundDocument" },
      { title: "Open Rounds", command: "sparring.openRounds" },
      { title: "Pause", command: "sparring.pause" },
    ],
  };
}
