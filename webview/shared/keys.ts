/** What a key does in a panel. */
export interface KeyBinding {
  /** Values of `KeyboardEvent.key`; letters in lower case match both cases. */
  readonly keys: readonly string[];
  /** What it does, in few words. */
  readonly label: string;
  /** Is given the one of `keys` that was pressed. */
  readonly run: (key: string) => void;
  /** Not in the bar, only in the list of all keys. */
  readonly hidden?: true;
  /** Under which heading it stands in the list of all keys. */
  readonly group?: string;
}

const caps: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  PageUp: "Page ↑",
  PageDown: "Page ↓",
  Escape: "Esc",
  " ": "Space",
  "-": "−",
};

/** The name of a key as it stands on a keyboard. */
export function keyCap(key: string): string {
  return caps[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}

/** What a key press is for, apart from the page's bindings. */
export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** Where it was pressed: tag name in upper case, and whether that takes text. */
  readonly tag: string;
  readonly editable: boolean;
}

const typing = new Set(["INPUT", "TEXTAREA", "SELECT"]);
const pressable = new Set(["BUTTON", "A", "SUMMARY"]);

/**
 * Does what a key press means, and tells whether it meant anything: nothing with Ctrl, Alt or Cmd, which are the editor's;
 * nothing while a person types; and Enter and Space on a button are the button's.
 */
export function press(bindings: readonly KeyBinding[], pressed: Press): boolean {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return false;
  if (pressed.editable || typing.has(pressed.tag)) return false;
  if ((pressed.key === "Enter" || pressed.key === " ") && pressable.has(pressed.tag)) return false;
  const key = pressed.key.length === 1 ? pressed.key.toLowerCase() : pressed.key;
  const binding = bindings.find(({ keys }) => keys.includes(key));
  binding?.run(key);
  return binding !== undefined;
}
