import { useEffect, useRef } from "preact/hooks";
import type { KeyBinding } from "../shared/keys.ts";

/** What can be done with the selected point; undefined where it makes no sense. */
export interface Deeds {
  readonly fork: (() => void) | undefined;
  readonly compare: () => void;
  readonly chat: () => void;
  readonly evaluate: () => void;
  readonly export: () => void;
  readonly open: (() => void) | undefined;
  readonly resume: (() => void) | undefined;
}

interface Moves {
  readonly move: (key: string) => void;
  readonly deeds: Deeds | undefined;
  readonly unmark: () => void;
  readonly axis: () => void;
}

/** The panel's keys. */
export function lineageKeys({ move, deeds, unmark, axis }: Moves): KeyBinding[] {
  const deed = (key: string, label: string, run: (() => void) | undefined, hidden?: true): KeyBinding[] =>
    run ? [{ keys: [key], label, run, group: "Selected point", ...(hidden && { hidden }) }] : [];
  return [
    { keys: ["ArrowLeft", "ArrowRight"], label: "checkpoint", run: move, group: "Move" },
    { keys: ["ArrowUp", "ArrowDown"], label: "run", run: move, group: "Move" },
    { keys: ["Home", "End"], label: "first and newest point of the run", run: move, hidden: true, group: "Move" },
    { keys: ["Shift+arrows"], label: "mark a second point to compare", run: () => {}, group: "Move" },
    { keys: ["Escape"], label: "unmark it", run: unmark, hidden: true, group: "Move" },
    ...(deeds
      ? [
          ...deed("f", "fork", deeds.fork),
          ...deed("c", "compare", deeds.compare),
          ...deed("t", "chat", deeds.chat, true),
          ...deed("e", "evaluate", deeds.evaluate, true),
          ...deed("x", "export", deeds.export, true),
          ...deed("Enter", "rounds", deeds.open),
          ...deed("r", "resume", deeds.resume),
        ]
      : []),
    { keys: ["a"], label: "axis even or stretched", run: axis, hidden: true },
  ];
}

const arrows = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);

/** Listens for arrows with Shift, before the key bar takes them for plain ones. */
export function useShiftArrows(mark: (key: string) => void): void {
  const newest = useRef(mark);
  newest.current = mark;
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (!event.shiftKey || !arrows.has(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      newest.current(event.key);
    };
    window.addEventListener("keydown", listen, { capture: true });
    return () => window.removeEventListener("keydown", listen, { capture: true });
  }, []);
}
