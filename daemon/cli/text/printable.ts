/**
 * Characters that a terminal may obey, or that a person cannot see: control characters and escapes, direction overrides,
 * zero-width and other invisible characters, line separators, lone surrogates, private and unassigned code points.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Accents beyond two on one letter, which would otherwise paint over the lines around. */
const stackedAccents = /(\p{M}{2})\p{M}+/gu;

const named: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Text of a model, a file or another machine, made safe to print in one line: what a terminal may obey or a person cannot
 * see is written out, e.g. `\n`, `\u{1b}`, `\u{202e}`. Everything this program prints that it did not write itself goes
 * through here.
 */
export function printable(text: string): string {
  return text
    .replace(stackedAccents, "$1")
    .replace(unprintable, (char) => named[char] ?? `\\u{${char.codePointAt(0)!.toString(16)}}`);
}
