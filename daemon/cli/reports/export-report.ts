import type { ResultOf } from "../../protocol.ts";
import { bytes } from "../../text/numbers.ts";
import type { Colours } from "../text/colours.ts";
import { padEnd, width, wrap } from "../text/fit.ts";
import { printable } from "../text/printable.ts";
import type { Style } from "../text/style.ts";
import { tilde } from "../watch/header.ts";

const labelWidth = 10;

/** A label and its text, which goes to a line of its own where it is too long: it is there to be copied. */
function labelled(label: string, text: string, columns: number, colours: Colours): string[] {
  const fits = labelWidth + width(text) <= columns;
  return fits ? [colours.dim(padEnd(label, labelWidth)) + text] : [colours.dim(label), `  ${text}`];
}

/** What was exported, how it was checked, and how it is loaded. */
export function weightsReport(
  { dir, files, bytes: size, weights, checked, largestDifference }: ResultOf<"sparring/checkpoint/export">,
  format: "hf" | "peft",
  { columns, colours }: Style,
): string[] {
  const what = format === "hf" ? "a Hugging Face folder" : "a PEFT adapter";
  const load =
    format === "hf"
      ? `AutoModelForCausalLM.from_pretrained(${JSON.stringify(dir)})`
      : `AutoPeftModelForCausalLM.from_pretrained(${JSON.stringify(dir)}, dtype="float32")`;
  const difference =
    largestDifference === 0 ? "They are equal." : `They differ by at most ${largestDifference.toExponential(1)} nat.`;
  return [
    ...wrap(`Exported ${printable(weights)} as ${what}: ${files.length} files, ${bytes(size)}.`, columns),
    ...wrap(`${printable(checked)} ${difference}`, columns).map((line) => colours.dim(line)),
    "",
    ...labelled("Folder", printable(tilde(dir)), columns, colours),
    ...labelled("In Python", printable(load), columns, colours),
  ];
}

/** What data were exported, and how they are loaded. */
export function dataReport(
  { file, rows, rounds, bytes: size }: ResultOf<"sparring/sample/export">,
  data: "completions" | "preferences",
  { columns, colours }: Style,
): string[] {
  if (rows === 0) {
    const why =
      data === "completions"
        ? "no query of these rounds was answered"
        : "no query of these rounds has answers of different rewards";
    return wrap(`Exported an empty file: ${why}.`, columns);
  }
  const load = `load_dataset("json", data_files=${JSON.stringify(file)})`;
  const what = data === "completions" ? "completions" : "preference pairs";
  return [
    ...wrap(`Exported ${rows} ${what} of ${rounds === 1 ? "one round" : `${rounds} rounds`}, ${bytes(size)}.`, columns),
    "",
    ...labelled("File", printable(tilde(file)), columns, colours),
    ...labelled("In Python", printable(load), columns, colours),
  ];
}
