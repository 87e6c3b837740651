import { linearScale, type Scale } from "../../shared/scale.ts";

/** Half of what the handle sticks out at the ends, px: the track begins and ends so far inside. */
export const timelineInset = 4;

/** Pixels of rounds on a track of so many pixels; alarms stand above it on the same scale. */
export function timelineScale(rounds: number, width: number): Scale {
  return linearScale(0, Math.max(rounds, 1), 0, width);
}

/** Text under the timeline, in pixels from its left end. */
export interface TimelineLabel {
  readonly x: number;
  readonly text: string;
  readonly kind: "selected" | "live" | "fork" | "iteration" | "tick";
  /** How the text stands to x. */
  readonly anchor: "start" | "middle" | "end";
}

export interface LabelWish {
  readonly x: number;
  readonly text: string;
  readonly kind: TimelineLabel["kind"];
}

/** About what a character of the small text is wide, px. */
const characterWidth = 6.2;
const gap = 10;
/** Room for the branch that is drawn in front of a fork's name, px. */
const forkIndent = 8;

/**
 * Which labels have room: wishes come first served, so give the important ones first. A label that would stick out at an end
 * is aligned to it; one that would touch another is left out.
 */
export function layoutLabels(wishes: readonly LabelWish[], width: number): TimelineLabel[] {
  const taken: (readonly [left: number, right: number])[] = [];
  return wishes.flatMap(({ x, text, kind }): TimelineLabel[] => {
    const size = text.length * characterWidth;
    const anchor = kind === "fork" ? "start" : "middle";
    const wanted = anchor === "start" ? x + forkIndent : x - size / 2;
    const left = Math.max(0, Math.min(wanted, width - size));
    const right = left + size;
    if (taken.some(([from, to]) => left < to + gap && from < right + gap)) return [];
    taken.push([left, right]);
    if (left === wanted) return [{ x: anchor === "start" ? left : x, text, kind, anchor }];
    return [left === 0 ? { x: 0, text, kind, anchor: "start" } : { x: width, text, kind, anchor: "end" }];
  });
}

/** Rounds at which a run will still save a checkpoint. */
export function plannedCheckpoints(every: number, finished: number, rounds: number): number[] {
  const first = Math.floor(finished / every) + 1;
  const count = Math.max(0, Math.floor(rounds / every) - first + 1);
  // More dots than this would be a line.
  return count > 200 ? [] : Array.from({ length: count }, (_, index) => (first + index) * every);
}
