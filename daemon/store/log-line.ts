/** Levels of a log, from the least to the most important. */
export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Longer messages are cut: a line is for reading, and a page of lines must fit a message to a client. */
const maxMessage = 2000;

/**
 * One line of a log, without its newline: `2026-11-21T07:00:00.123Z info  message`. Control characters in the message are
 * escaped as JSON does it, so that a message is one line and a terminal takes no orders from it.
 */
export function logLine(time: Date, level: LogLevel, message: string): string {
  const cut =
    message.length <= maxMessage ? message : `${message.slice(0, maxMessage)}… (${message.length} characters)`;
  return `${time.toISOString()} ${level.padEnd(5)} ${escaped(cut)}`;
}

/** The level of a line that `logLine` made; `info` for every other line. */
export function levelOf(line: string): LogLevel {
  const name = /^\S+Z (debug|info|warn|error) /.exec(line)?.[1];
  return logLevels.find((level) => level === name) ?? "info";
}

/** C0 and C1 controls, DEL, line and paragraph separators, and marks that turn the direction of text. */
function escaped(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    const short: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
    return short[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
