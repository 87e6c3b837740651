import type { Alarm } from "../../../daemon/protocol.ts";
import { alarmTitle } from "./alarm-text.ts";
import { foremost } from "./run-alarms.ts";

/** Alarms on the timeline that are too close together for a mark each, in the order of their rounds. */
export interface AlarmMark {
  /** Middle of the mark, px. */
  readonly x: number;
  readonly alarms: readonly Alarm[];
  /** The one whose title and severity the mark has. */
  readonly first: Alarm;
  /** Null where there is no room for it. */
  readonly label: { readonly text: string; readonly side: "left" | "right" } | null;
}

/** Marks are at least so far apart, and a label begins so far from the middle of its mark, px. */
const markWidth = 12;
const labelIndent = 8;
const gap = 6;
/** About what a character of the small text is wide, px. */
const characterWidth = 6;

/**
 * Where a run's alarms stand on the timeline. Labels lie on no other label and no mark: first the selected round's finds room, then
 * those of warnings and of information, the newest first; a label that does not fit is cut to its round, then left out.
 * @param alarms in the order of their rounds
 * @param at     pixel of a round
 */
export function layoutAlarms(
  alarms: readonly Alarm[],
  at: (round: number) => number,
  width: number,
  selected: number,
): AlarmMark[] {
  const groups = grouped(alarms, at);
  const taken: Span[] = groups.map(({ x }) => [x - markWidth / 2, x + markWidth / 2]);
  const rank = ({ first, alarms: some }: Group): number =>
    some.some(({ round }) => round === selected) ? 0 : first.severity === "warning" ? 1 : 2;
  const order = groups.toSorted((a, b) => rank(a) - rank(b) || b.x - a.x);
  const labels = new Map(
    order.map((group) => {
      const label = labelOf(group, taken, width);
      if (label) taken.push(label.span);
      return [group, label && { text: label.text, side: label.side }];
    }),
  );
  return groups.map((group) => ({ ...group, label: labels.get(group) ?? null }));
}

/** Which alarm a press on a mark goes to: the first of it, or the next one where a round of it is selected. */
export function alarmOfPress({ alarms, first }: AlarmMark, selected: number): Alarm {
  if (!alarms.some(({ round }) => round === selected)) return first;
  return alarms.find(({ round }) => round > selected) ?? alarms[0]!;
}

type Group = Omit<AlarmMark, "label">;
type Span = readonly [left: number, right: number];

function grouped(alarms: readonly Alarm[], at: (round: number) => number): Group[] {
  const groups: { readonly x: number; readonly alarms: Alarm[] }[] = [];
  for (const alarm of alarms) {
    const x = at(alarm.round);
    const last = groups.at(-1);
    if (last && x - last.x < markWidth) last.alarms.push(alarm);
    else groups.push({ x, alarms: [alarm] });
  }
  return groups.map((group) => ({ ...group, first: foremost(group.alarms)! }));
}

function labelOf(
  { x, alarms, first }: Group,
  taken: readonly Span[],
  width: number,
): { readonly text: string; readonly side: "left" | "right"; readonly span: Span } | null {
  const more = alarms.length > 1 ? ` +${alarms.length - 1}` : "";
  for (const text of [`${first.round} ${alarmTitle(first)}${more}`, `${first.round}${more}`]) {
    const size = text.length * characterWidth;
    const right: Span = [x + labelIndent, x + labelIndent + size];
    const left: Span = [x - labelIndent - size, x - labelIndent];
    if (right[1] <= width && isFree(right, x, taken)) return { text, side: "right", span: right };
    if (left[0] >= 0 && isFree(left, x, taken)) return { text, side: "left", span: left };
  }
  return null;
}

/** Whether nothing but its own mark, at x, is nearer than the gap. */
function isFree([left, right]: Span, x: number, taken: readonly Span[]): boolean {
  return taken.every(([from, to]) => left >= to + gap || from >= right + gap || (from < x && x < to));
}
