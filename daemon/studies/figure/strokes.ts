import type { Study } from "../study.ts";

/** How a line is told from the others: by its colour on either background, and without any colour by its dashes. */
export interface Stroke {
  /** Contrast of at least 3:1 with the background. */
  readonly light: string;
  readonly dark: string;
  /** As SVG's stroke-dasharray; empty for a line that is whole. */
  readonly dashes: string;
}

export const backgrounds = { light: "#ffffff", dark: "#0d1117" } as const;

/** After Okabe and Ito's colours for all kinds of colour vision, darker or lighter where the background asks for it. */
export const strokes: readonly Stroke[] = [
  { light: "#57606a", dark: "#a8b3bd", dashes: "1.5 2.5" },
  { light: "#d55e00", dark: "#ff8b3d", dashes: "" },
  { light: "#0072b2", dark: "#58a6ff", dashes: "9 2.5" },
  { light: "#00805d", dark: "#2ec4a0", dashes: "5 2.5" },
  { light: "#b0478a", dark: "#e58cc2", dashes: "9 2.5 2 2.5" },
  { light: "#2a8fcc", dark: "#9bdcff", dashes: "3 2" },
  { light: "#9a6b00", dark: "#e6b800", dashes: "5 2.5 1.5 2.5 1.5 2.5" },
  { light: "#6a4fb3", dark: "#b9a5ff", dashes: "14 3" },
];

/** A stroke for every arm: the same in all figures, and another one than that of each arm beside it. */
export function strokesOf({ groups }: Study): Map<string, number> {
  const chosen = new Map<string, number>();
  for (const { arms } of groups) {
    for (const arm of arms) {
      if (chosen.has(arm)) continue;
      const taken = new Set(arms.map((other) => chosen.get(other)));
      chosen.set(
        arm,
        strokes.findIndex((_, i) => !taken.has(i)),
      );
    }
  }
  return chosen;
}
