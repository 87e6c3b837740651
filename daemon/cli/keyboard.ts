/** Where people type, or a pipe. */
export type Keyboard = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  /** Keys arrive one by one, without Enter. */
  setRawMode?(isRaw: boolean): unknown;
};

/** What Ctrl+C and Ctrl+D send where keys arrive one by one. */
const leaving = ["\u0003", "\u0004"];

/** What a terminal sends for an arrow, Home, F1, …: no key that means something here. */
const sequences = new RegExp(`${"\u001b"}(\\[[0-9;]*[A-Za-z~]|O[A-Z])?`, "g");

/**
 * Hands over single keys, lower case, until the returned function is called.
 * @param onKey gets "q" for Ctrl+C, Ctrl+D and the end of the input too
 */
export function readKeys(keyboard: Keyboard, onKey: (key: string) => void): () => void {
  const onData = (chunk: Buffer | string): void => {
    for (const key of chunk.toString().replace(sequences, "")) {
      if (leaving.includes(key)) onKey("q");
      else if (key > " ") onKey(key.toLowerCase());
    }
  };
  const onEnd = (): void => onKey("q");
  keyboard.setRawMode?.(true);
  keyboard.on("data", onData);
  keyboard.on("end", onEnd);
  keyboard.resume();
  return () => {
    keyboard.off("data", onData);
    keyboard.off("end", onEnd);
    keyboard.setRawMode?.(false);
    keyboard.pause();
  };
}
