/** Text in SVG: what would be markup is written out. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** A number of pixels, to a tenth of one. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** A path through points. */
export function pathThrough(points: readonly (readonly [x: number, y: number])[]): string {
  return points.map(([x, y], i) => `${i === 0 ? "M" : i === 1 ? "L" : ""}${px(x)} ${px(y)}`).join(" ");
}

export function textAt(x: number, y: number, text: string, attributes = ""): string {
  return `<text x="${px(x)}" y="${px(y)}"${attributes && ` ${attributes}`}>${escapeText(text)}</text>`;
}
