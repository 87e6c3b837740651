import type { VNode } from "preact";
import { noteMark } from "./measure-text.ts";

/** Below a plot: why measures in it have no interval. Nothing where all have one. */
export function Notes({ reasons }: { readonly reasons: readonly string[] }): VNode | null {
  if (reasons.length === 0) return null;
  return <p class="s dim">{reasons.map((why, i) => `${noteMark(i)} no interval: ${why}`).join(" · ")}</p>;
}
