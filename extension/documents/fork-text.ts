import type { ResultOf } from "../../daemon/protocol.ts";
import { label } from "../text/label.ts";

/** A checkpoint that a config document forks from. */
export interface ForkPoint {
  readonly run: string;
  readonly round: number;
}

/**
 * The document of a fork: its first line says from where, so that it can be saved and confirmed another day.
 * @param config as the daemon writes it, with what to do next at its head
 */
export function forkText({ run, round }: ForkPoint, config: string): string {
  return `# Fork of ${run} at round ${round}\n${config}`;
}

/** What the first line of a fork's document says; undefined for any other text. */
export function forkPointOf(text: string): ForkPoint | undefined {
  const match = /^\uFEFF?# Fork of ([A-Za-z0-9][A-Za-z0-9._-]{0,99}) at round (\d{1,9})[ \t]*(?:\r?\n|$)/.exec(text);
  return match ? { run: match[1]!, round: Number(match[2]) } : undefined;
}

export type Changes = ResultOf<"sparring/run/changes">["changes"];

/** A value of a change is shown at most so long, characters. */
const shownValue = 60;

/** The changed settings, one a line: `kl.beta: 0.05 → 0.1`. */
export function changesText(changes: Changes): string {
  if (changes.length === 0) return "No setting is changed: the fork plays the same rounds as its parent.";
  return changes.map(({ key, from, to }) => `${label(key)}: ${valueText(from)} → ${valueText(to)}`).join("\n");
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return "unset";
  const text = label(typeof value === "string" ? value : JSON.stringify(value));
  return text.length <= shownValue ? text : `${text.slice(0, shownValue - 1)}…`;
}
