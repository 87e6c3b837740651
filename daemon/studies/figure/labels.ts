/**
 * Places for labels beside a drawing, in the order given: as near to where they would be as they come without overlapping.
 * Neighbours that collide share the middle of where they want to be, as blocks do that push each other.
 * @param wanted places, pixels
 * @param gap least distance of two labels, pixels
 * @param room first and last place that a label may have; more labels than fit go beyond the last
 */
export function placeLabels(wanted: readonly number[], gap: number, room: readonly [number, number]): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  const blocks: { members: number[]; start: number }[] = [];
  for (const label of order) {
    let block = { members: [label], start: clamp(wanted[label]!, 1) };
    for (;;) {
      const above = blocks.at(-1);
      if (!above || above.start + above.members.length * gap <= block.start) break;
      blocks.pop();
      const members = [...above.members, ...block.members];
      const offset = members.reduce((sum, each, i) => sum + wanted[each]! - i * gap, 0) / members.length;
      block = { members, start: clamp(offset, members.length) };
    }
    blocks.push(block);
  }
  const places = new Array<number>(wanted.length);
  for (const { members, start } of blocks) {
    for (const [i, label] of members.entries()) places[label] = start + i * gap;
  }
  return places;

  /** Where a block of so many labels may begin. */
  function clamp(start: number, count: number): number {
    return Math.max(room[0], Math.min(start, room[1] - (count - 1) * gap));
  }
}
