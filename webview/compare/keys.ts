import type { KeyBinding } from "../shared/keys.ts";
import { goTo, nextOpen } from "./judging.ts";
import type { Comparison } from "./use-comparison.ts";

/** The panel's keys: the form's before there are answers, then those that judge them. */
export function compareKeys(comparison: Comparison, diff: () => void, editSetup: () => void): KeyBinding[] {
  const { judging, judge, pick, unpick, progress, start, cancel } = comparison;
  if (progress) return [{ keys: ["Escape"], label: "cancel", run: cancel }];
  const compare: KeyBinding = { keys: ["Enter"], label: "compare", run: start, group: "Setup" };
  if (!judging) return [compare];
  const group = "Prompt";
  return [
    { keys: ["ArrowLeft"], label: "left is better", run: () => pick("left"), group },
    { keys: ["ArrowDown"], label: "tie", run: () => pick("tie"), group },
    { keys: ["ArrowRight"], label: "right is better", run: () => pick("right"), group },
    { keys: ["u"], label: "undo", run: unpick, group },
    { keys: ["d"], label: "difference", run: diff, group },
    { keys: ["j"], label: "next", run: () => judge((now) => goTo(now, now.at + 1)), group },
    { keys: ["k"], label: "previous", run: () => judge((now) => goTo(now, now.at - 1)), group },
    { keys: ["n"], label: "next without a pick", run: () => judge((now) => goTo(now, nextOpen(now) ?? now.at)), group },
    { keys: ["e"], label: "change the setup", run: editSetup, group: "Setup" },
    { ...compare, label: "compare again", hidden: true },
  ];
}
