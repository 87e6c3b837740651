import type { RunPlace } from "../../daemon/editor.ts";
import type { Alarm, NotificationParamsOf, RunOverview } from "../../daemon/protocol.ts";
import type { Daemon } from "../daemon/daemon.ts";
import { label } from "../text/label.ts";
import type { Notice } from "./notices.ts";
import { takes } from "./states.ts";

/**
 * What alarms that begin are worth saying: all of a round in one notice. Those that pause the run are told with that
 * (`pauseNotice`), and a drift that may be wanted only to who watches the run.
 * @param overview  the run's, where it is known
 * @param isWatched whether a panel of this window shows the run
 */
export function alarmNotice(
  { run, round, alarms, pauses }: NotificationParamsOf<"sparring/alarm">,
  overview: RunOverview | undefined,
  isWatched: boolean,
): Notice | undefined {
  const shown = isWatched ? alarms : alarms.filter(({ severity }) => severity === "warning");
  if (pauses || shown.length === 0) return undefined;
  return {
    run,
    key: `${run} alarm ${round}`,
    level: shown.some(({ severity }) => severity === "warning") ? "warning" : "information",
    text: label(`${run}, round ${round}: ${shown.map(({ sentence }) => sentence).join(" ")}`),
    actions: [
      { title: "Show Samples", command: "sparring.openRoundDocument", place: { round, ...clearestSample(shown) } },
      { title: "Open Rounds", command: "sparring.openRounds", place: { round } },
      ...(overview && takes("pause", overview) ? [{ title: "Pause", command: "sparring.pause" } as const] : []),
    ],
  };
}

/** What an alarm that paused a run is worth saying: asks for the samples that show it, and where the run can be forked from. */
export async function pauseNotice(
  daemon: Pick<Daemon, "request">,
  overview: RunOverview,
  waiting: readonly string[],
): Promise<Notice> {
  const { id: run } = overview;
  const round = overview.round!;
  const { rounds } = await daemon.request("sparring/round/list", { run, after: round - 1, limit: 1 });
  const { checkpoints } = await daemon.request("sparring/checkpoint/list", { run });
  return pausedNotice(overview, rounds[0]?.alarms ?? [], checkpoints, waiting);
}

/**
 * A run's newest checkpoint from before its newest round is the one to fork from: a run paused itself after that round.
 * @param waiting runs that wait for the device, which a paused run keeps
 */
export function pausedNotice(
  { id: run, round, since, problem }: RunOverview,
  alarms: readonly Sampled[],
  checkpoints: readonly { readonly round: number }[],
  waiting: readonly string[],
): Notice {
  const before = checkpoints.findLast((each) => each.round < round!)?.round;
  const held =
    waiting.length === 0 ? "" : ` Meanwhile ${waiting.join(", ")} can't train: a paused run keeps the device.`;
  return {
    run,
    key: `${run} paused ${since}`,
    level: "warning",
    text: label(`${run}: ${problem!.message}${held}`),
    actions: [
      {
        title: "Show Samples",
        command: "sparring.openRoundDocument",
        place: { round: round!, ...clearestSample(alarms) },
      },
      ...(before === undefined
        ? []
        : [{ title: `Fork from Round ${before}…`, command: "sparring.fork", place: { round: before } } as const]),
      { title: "Resume", command: "sparring.resume" },
    ],
  };
}

type Sampled = Pick<Alarm, "severity" | "samples">;

/** The first sample of the first alarm that has any, warnings first. */
function clearestSample(alarms: readonly Sampled[]): Pick<RunPlace, "query" | "answer"> {
  const warnings = alarms.filter(({ severity }) => severity === "warning");
  return [...warnings, ...alarms].find(({ samples }) => samples.length > 0)?.samples[0] ?? {};
}
