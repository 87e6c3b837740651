import type { ResultOf } from "../protocol.ts";

/** What a check of set-up found. */
export type Finding = ResultOf<"sparring/engine/setup">["findings"][number];

export function good(what: string, text: string): Finding {
  return { what, state: "good", text };
}

export function warning(what: string, text: string, next: string): Finding {
  return { what, state: "warning", text, next };
}

export function problem(what: string, text: string, next: string): Finding {
  return { what, state: "problem", text, next };
}
