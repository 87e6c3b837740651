import type { ResultOf } from "../../protocol.ts";
import type { Cli } from "../cli.ts";
import { printable } from "../text/printable.ts";
import { type Finding, ok } from "./finding.ts";

type Found = ResultOf<"sparring/engine/setup">["findings"][number];

/** A finding of set-up, as the doctor shows findings. */
export function shownFinding({ what, state, text, next }: Found): Finding {
  return {
    subject: printable(what),
    level: state === "good" ? "ok" : state,
    found: printable(text),
    ...(next !== undefined && { next: printable(next) }),
  };
}

/** The torch engine, where somebody has set it up or tried to. */
export async function checkTorch({ lookAtTorch }: Cli): Promise<Finding[]> {
  const findings = await lookAtTorch();
  if (!findings) return [ok("Torch", "Not set up. `sparring setup torch` does it; the embedded engine needs nothing.")];
  return findings.map(shownFinding);
}
