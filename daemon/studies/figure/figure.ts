import { curveOf } from "../curves.ts";
import { type RunData, seriesStep } from "../run-data.ts";
import type { Group, Study } from "../study.ts";
import { panelSvg } from "./panel.ts";
import { backgrounds, strokes, strokesOf } from "./strokes.ts";
import { escapeText } from "./svg.ts";

const columns = 2;
const panelSize = { width: 480, height: 236 } as const;
const edge = 8;
/** Points of a line at most: of 300 rounds, means of ten. Single rounds of 32 queries are noise. */
const mostPoints = 45;

/**
 * A group's arms over rounds as an SVG picture: one panel a measure, one line an arm. It has its own background, light or
 * dark as the reader's screen, and names every line at its end.
 */
export function figureSvg(study: Study, group: Group, runs: readonly RunData[]): string {
  const { panels } = study.instrument;
  const chosen = strokesOf(study);
  const own = (arm: string): RunData[] => runs.filter((run) => run.arm === arm);
  const lastRound = Math.max(1, ...group.arms.flatMap(own).map(({ rounds }) => rounds));
  const neighbours = Math.ceil(lastRound / seriesStep / mostPoints);
  const [width, height] = [
    columns * panelSize.width + 2 * edge,
    Math.ceil(panels.length / columns) * panelSize.height + 2 * edge,
  ];
  const drawn = panels.map((panel, i) => {
    const lines = group.arms.map((name) => ({
      name,
      stroke: chosen.get(name)!,
      points: curveOf(own(name), panel.key, neighbours),
    }));
    const place = {
      x: edge + (i % columns) * panelSize.width,
      y: edge + Math.floor(i / columns) * panelSize.height,
    };
    return panelSvg(panel, lines, lastRound, { ...place, ...panelSize });
  });
  const title = `${study.name}: ${group.title}`;
  const description = `${panels.map((panel) => panel.title).join(", ")} over rounds, for ${group.arms.join(", ")}.`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="t d">`,
    `<title id="t">${escapeText(title)}</title>`,
    `<desc id="d">${escapeText(description)}</desc>`,
    `<style>${styleSheet()}</style>`,
    `<rect class="p" width="${width}" height="${height}"/>`,
    ...drawn,
    `</svg>`,
  ].join("\n")}\n`;
}

function styleSheet(): string {
  const scheme = (mode: "light" | "dark", text: string, quiet: string, grid: string): string =>
    [
      `.p{fill:${backgrounds[mode]}}text{fill:${text}}.u{fill:${quiet}}.g{stroke:${grid}}`,
      ...strokes.map((stroke, i) => `.s${i}{color:${stroke[mode]}}`),
    ].join("");
  return [
    `text{font:11px system-ui,"Segoe UI",Helvetica,Arial,sans-serif}.h{font-weight:600;font-size:13px}`,
    `.g{stroke-width:1}.l{fill:none;stroke:currentColor;stroke-width:1.8}.b{fill:currentColor;opacity:.13}`,
    `.e{fill:none;stroke:currentColor;stroke-width:.8;stroke-dasharray:1 2}`,
    scheme("light", "#1f2328", "#59636e", "#e4e8ec"),
    ".n{fill:currentColor}",
    `@media(prefers-color-scheme:dark){${scheme("dark", "#e6edf3", "#9198a1", "#262c34")}.n{fill:currentColor}}`,
  ].join("");
}
