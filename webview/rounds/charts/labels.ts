/** A label that wants to stand beside a line, in pixels. */
export interface LabelWish {
  readonly width: number;
  /** Points of the line that it names, left to right. */
  readonly line: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a label's text begins: its left end on its baseline. */
export interface PlacedLabel extends Point {}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const height = 13;
const gap = 4;

/**
 * Puts each label above or below its line, where it covers the fewest points of any line and no other label; among equally
 * good places, towards the right, where a reader looks for the newest rounds. A line without points gets no label.
 */
export function placeLabels(
  wishes: readonly LabelWish[],
  area: { readonly width: number; readonly height: number },
): (PlacedLabel | null)[] {
  const taken: Box[] = [];
  return wishes.map(({ width, line }) => {
    let best: { readonly cost: number; readonly box: Box } | null = null;
    for (const anchor of line) {
      for (const above of [true, false]) {
        const left = Math.min(Math.max(anchor.x - width / 2, 2), Math.max(2, area.width - width - 2));
        const nearby = line.filter(({ x }) => x >= left - gap && x <= left + width + gap).map(({ y }) => y);
        if (nearby.length === 0) continue;
        const edge = above ? Math.min(...nearby) - gap - height : Math.max(...nearby) + gap;
        const box = { left, right: left + width, top: edge, bottom: edge + height };
        const cost = costOf(box, wishes, taken, area) + 1 - left / area.width + Math.abs(edge - anchor.y) / 40;
        if (best === null || cost < best.cost) best = { cost, box };
      }
    }
    if (best === null) return null;
    taken.push(best.box);
    return { x: best.box.left, y: best.box.bottom - 3 };
  });
}

function costOf(
  box: Box,
  wishes: readonly LabelWish[],
  taken: readonly Box[],
  area: { readonly width: number; readonly height: number },
): number {
  const covered = wishes.flatMap(({ line }) => line).filter((point) => inside(point, box)).length;
  const overlapping = taken.filter((other) => overlaps(other, box)).length;
  const outside = box.top < 0 || box.bottom > area.height ? 1 : 0;
  return covered + 100 * overlapping + 100 * outside;
}

function inside({ x, y }: Point, { left, right, top, bottom }: Box): boolean {
  return x >= left && x <= right && y >= top && y <= bottom;
}

function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
