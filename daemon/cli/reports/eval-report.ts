import type { ParamsOf, ResultOf } from "../../protocol.ts";
import { fixed, percent } from "../../text/numbers.ts";
import type { Colours } from "../text/colours.ts";
import { padEnd, width, wrap } from "../text/fit.ts";
import { printable } from "../text/printable.ts";
import type { Style } from "../text/style.ts";

type Evaluation = ResultOf<"sparring/checkpoint/evaluate">;
type Estimate = Evaluation["accuracy"];

const labelWidth = 34;
const trackColumns = 18;
/** Of a number and its interval, with the space before them. */
const numbersColumns = 24;

/** "57.1 %" and "53.2 – 60.9". */
function numbers({ value, low, high }: Estimate): { value: string; interval: string } {
  const whole = fixed(1);
  return { value: percent(value).padStart(7), interval: `${whole(low * 100)} – ${whole(high * 100)}` };
}

/** An interval on the way from 0 to 100 %: its width as a line, its estimate as a dot, the half as a mark. */
export function intervalTrack({ value, low, high }: Estimate, columns: number): string {
  const at = (share: number): number => Math.min(columns - 1, Math.floor(share * columns));
  return Array.from({ length: columns }, (_, i) => {
    if (i === at(value)) return "●";
    if (i >= at(low) && i <= at(high)) return "━";
    return i === at(0.5) ? "┊" : "·";
  }).join("");
}

/** One estimate: its name, its place between 0 and 100 %, its number and its interval. A long name has a line of its own. */
function row(label: string, estimate: Estimate, columns: number, colours: Colours): string[] {
  const { value, interval } = numbers(estimate);
  const room = Math.max(12, Math.min(labelWidth, columns - trackColumns - numbersColumns));
  const track = columns >= room + trackColumns + numbersColumns ? `${intervalTrack(estimate, trackColumns)} ` : "";
  const figures = `${colours.dim(track)}${colours.bold(value)}  ${colours.dim(interval)}`;
  if (width(label) < room) return [padEnd(label, room) + figures];
  return [...wrap(label, columns), " ".repeat(room) + figures];
}

const judgeNames = {
  verifier: "the verifier",
  "self-reward": "the self-reward",
  pairwise: "a judge of pairs",
} as const;

/** Whether the interval of a win rate says who is better. */
function conclusion({ winRate }: NonNullable<Evaluation["against"]>): string {
  if (winRate.low > 0.5) return "The first is better: the interval lies above one half.";
  if (winRate.high < 0.5) return "The first is worse: the interval lies below one half.";
  return "No difference is shown: the interval holds one half.";
}

/** An evaluation for people: a line an estimate, and what the comparison says. */
export function evalReport(
  { weights, tasks, accuracy, against }: Evaluation,
  params: ParamsOf<"sparring/checkpoint/evaluate">,
  { columns, colours }: Style,
): string[] {
  const ours = `${params.run}, ${printable(weights)}`;
  const head = `Held-out accuracy on ${tasks} tasks, with 95 % intervals`;
  if (!against) return [...wrap(head, columns), ...row(ours, accuracy, columns, colours)];
  const other = params.against?.run === params.run ? "" : `${params.against?.run}, `;
  const theirs = `${other}${printable(against.weights)}`;
  const { wins, ties, losses, swapped, unscored, winRate } = against;
  const details = [
    `${wins} won, ${ties} tied, ${losses} lost`,
    ...(swapped > 0 ? [`${swapped} of the ties because the judge disagreed with itself`] : []),
    ...(unscored > 0 ? [`${unscored} unscored`] : []),
  ].join("; ");
  return [
    ...wrap(head, columns),
    ...row(ours, accuracy, columns, colours),
    ...row(theirs, against.accuracy, columns, colours),
    "",
    ...wrap(`Win rate of the first, by ${judgeNames[params.judge ?? "verifier"]}; ties count half`, columns),
    ...row(`against ${theirs}`, winRate, columns, colours),
    ...wrap(`${details}.`, columns).map((line) => colours.dim(line)),
    ...wrap(conclusion(against), columns),
  ];
}
