import type { KeyBinding } from "../shared/keys.ts";
import { maxScore, scoreOf, setAll, setScore, toggle } from "./entry.ts";
import type { Session } from "./use-session.ts";

/** What keys do beside rating. */
interface PanelActions {
  readonly note: () => void;
  /** Moves a long answer. */
  readonly scroll: (pages: number) => void;
  readonly agreement: () => void;
  readonly tables: () => void;
  /** Counts all ratings or the rater's own; undefined while nobody else has rated. */
  readonly whose: (() => void) | undefined;
}

/** What agreement shows now. */
interface Shown {
  readonly asTable: boolean;
  readonly onlyOwn: boolean;
}

/** The panel's keys, with a sample on the screen or at the end of a batch. */
export function ratingKeys(session: Session, isRating: boolean, shown: Shown, actions: PanelActions): KeyBinding[] {
  const undo: KeyBinding = { keys: ["u"], label: "undo", run: session.undo, group: "Sample" };
  const agreement = agreementKeys(shown, actions);
  if (!isRating) return [{ keys: ["Enter"], label: "next batch", run: session.nextBatch }, undo, ...agreement];
  const { edit } = session;
  const nudge = (by: number): void => edit((entry) => setScore(entry, scoreOf(entry) + by));
  const criteria = Array.from(
    { length: maxScore },
    (_, index): KeyBinding => ({
      keys: [String(index + 1)],
      label: `criterion ${index + 1} met or not`,
      run: () => edit((entry) => toggle(entry, index)),
      hidden: true,
      group: "Score",
    }),
  );
  return [
    ...criteria,
    { keys: ["a"], label: "all met", run: () => edit((entry) => setAll(entry, true)), group: "Score" },
    { keys: ["0"], label: "none met", run: () => edit((entry) => setAll(entry, false)), group: "Score" },
    { keys: ["-", "+"], label: "overall", run: (key) => nudge(key === "-" ? -1 : 1), group: "Score" },
    { keys: ["="], label: "overall higher", run: () => nudge(1), hidden: true, group: "Score" },
    { keys: ["Enter"], label: "submit", run: () => session.submit(false), group: "Sample" },
    { keys: ["s"], label: "skip", run: () => session.submit(true), group: "Sample" },
    undo,
    { keys: ["n"], label: "note", run: actions.note, group: "Sample" },
    {
      keys: ["PageUp", "PageDown"],
      label: "scroll a long answer",
      run: (key) => actions.scroll(key === "PageUp" ? -1 : 1),
      hidden: true,
    },
    ...agreement,
  ];
}

function agreementKeys({ asTable, onlyOwn }: Shown, actions: PanelActions): KeyBinding[] {
  const group = "Agreement";
  const { whose } = actions;
  return [
    { keys: ["g"], label: "agreement", run: actions.agreement, group },
    { keys: ["t"], label: asTable ? "tables as charts" : "charts as tables", run: actions.tables, hidden: true, group },
    ...(whose
      ? [{ keys: ["m"], label: onlyOwn ? "all ratings" : "only my ratings", run: whose, hidden: true, group } as const]
      : []),
  ];
}
