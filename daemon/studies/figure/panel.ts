import type { CurvePoint } from "../curves.ts";
import type { Panel } from "../instrument.ts";
import { placeLabels } from "./labels.ts";
import { linearScale, logScale, type Scale } from "./scale.ts";
import { strokes } from "./strokes.ts";
import { pathThrough, px, textAt } from "./svg.ts";

/** A line of a panel. */
export interface Line {
  readonly name: string;
  readonly stroke: number;
  readonly points: readonly CurvePoint[];
}

/** A panel's place on the drawing, pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** At the right is room for names of 14 characters; longer ones take theirs from the drawing. */
const margin = { top: 26, right: 104, bottom: 34, left: 44 } as const;
const characterWidth = 6.2;
const nameOffset = 11;
const labelGap = 12;
/** Bands of more lines than this would hide each other. */
const mostBands = 4;

/**
 * Draws a panel: axes, a band from the lowest to the highest seed and the mean of the seeds for each line, and its name at its end.
 * @param lastRound the end of the horizontal axis
 */
export function panelSvg(panel: Panel, lines: readonly Line[], lastRound: number, box: Box): string {
  const left = box.x + margin.left;
  const longest = Math.max(0, ...lines.map(({ name }) => name.length));
  const right = box.x + box.width - Math.max(margin.right, nameOffset + longest * characterWidth);
  const [top, bottom] = [box.y + margin.top, box.y + box.height - margin.bottom];
  const drawn = lines
    .filter(({ points }) => points.length > 0)
    .map((line) => ({ ...line, points: line.points.map((point) => scaled(point, panel.factor)) }));
  const values = drawn.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high]));
  const x = linearScale([0, lastRound], [left, right], 4);
  const y = verticalScale(panel, values, [bottom, top]);
  const hasBands = drawn.length <= mostBands;
  const ends = drawn.map(({ points }) => points.at(-1)!);
  const labels = placeLabels(
    ends.map(({ mean }) => y.at(mean)),
    labelGap,
    [top, bottom],
  );
  return [
    `<g>`,
    textAt(box.x + 8, box.y + 13, panel.title, 'class="h"'),
    textAt(box.x + box.width - margin.right, box.y + 13, panel.unit, 'class="u" text-anchor="end"'),
    ...axes(x, y, { left, right, top, bottom }),
    ...drawn.map((line, i) => {
      const end: [number, number] = [x.at(ends[i]!.round), y.at(ends[i]!.mean)];
      const leader = pathThrough([end, [right + 4, labels[i]!], [right + 8, labels[i]!]]);
      return [
        `<g class="s${line.stroke}">`,
        ...(hasBands ? [band(line, x, y)] : []),
        `<path class="l" d="${pathThrough(line.points.map(({ round, mean }) => [x.at(round), y.at(mean)]))}"${dashes(line)}/>`,
        `<path class="e" d="${leader}"/>`,
        textAt(right + nameOffset, labels[i]! + 3.5, line.name, 'class="n"'),
        `</g>`,
      ].join("");
    }),
    ...(drawn.length === 0
      ? [textAt((left + right) / 2, (top + bottom) / 2, "not measured", 'class="u" text-anchor="middle"')]
      : []),
    `</g>`,
  ].join("\n");
}

function scaled({ round, mean, low, high }: CurvePoint, factor: number): CurvePoint {
  return { round, mean: mean * factor, low: low * factor, high: high * factor };
}

function verticalScale({ ends, logFrom }: Panel, values: readonly number[], place: readonly [number, number]): Scale {
  if (logFrom !== undefined) return logScale([logFrom, Math.max(...values, 10 * logFrom)], place);
  if (ends) return linearScale(ends, place, 5);
  return linearScale(values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)], place, 5);
}

function dashes({ stroke }: Line): string {
  const pattern = strokes[stroke]!.dashes;
  return pattern === "" ? "" : ` stroke-dasharray="${pattern}"`;
}

function band({ points }: Line, x: Scale, y: Scale): string {
  const upper = points.map(({ round, high }) => [x.at(round), y.at(high)] as const);
  const lower = points.map(({ round, low }) => [x.at(round), y.at(low)] as const).reverse();
  return `<path class="b" d="${pathThrough([...upper, ...lower])}Z"/>`;
}

function axes(x: Scale, y: Scale, at: Record<"left" | "right" | "top" | "bottom", number>): string[] {
  const { left, right, bottom } = at;
  return [
    ...y.ticks.map((tick) => `<path class="g" d="M${px(left)} ${px(y.at(tick))}H${px(right)}"/>`),
    ...y.ticks.map((tick) => textAt(left - 6, y.at(tick) + 3.5, minus(tick), 'class="u" text-anchor="end"')),
    ...x.ticks.map((tick) => textAt(x.at(tick), bottom + 14, minus(tick), 'class="u" text-anchor="middle"')),
    textAt((left + right) / 2, bottom + 27, "round", 'class="u" text-anchor="middle"'),
  ];
}

function minus(value: number): string {
  return String(value).replace("-", "−");
}
