// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources are data here
/** Reads JavaScript as esbuild prints it, as far as messages need it: strings, templates, brackets, arguments. */

import { runInNewContext } from "node:vm";

/** A "…" literal of a source. */
export interface Literal {
  readonly value: string;
  readonly start: number;
}

/** The value of a string literal, with all escapes of JavaScript. */
function literalValue(literal: string): string {
  return String(runInNewContext(literal));
}

/** Where the string, template, comment or regular expression that begins at `at` ends; `at` itself where none begins. */
function skip(source: string, at: number): number {
  const char = source[at]!;
  if (char === '"' || char === "'") return endOfString(source, at);
  if (char === "`") return endOfTemplate(source, at);
  if (source.startsWith("//", at)) return orEnd(source, source.indexOf("\n", at));
  if (source.startsWith("/*", at)) return source.indexOf("*/", at) + 2;
  if (char === "/" && /(^|[(,=:[!&|?{};\n]|=>|return)\s*$/.test(source.slice(Math.max(0, at - 40), at))) {
    return endOfRegExp(source, at);
  }
  return at;
}

function orEnd(source: string, at: number): number {
  return at === -1 ? source.length : at;
}

function endOfString(source: string, at: number): number {
  let i = at + 1;
  while (source[i] !== source[at]) i += source[i] === "\\" ? 2 : 1;
  return i + 1;
}

function endOfRegExp(source: string, at: number): number {
  let i = at + 1;
  for (let isClass = false; isClass || source[i] !== "/"; i++) {
    if (source[i] === "\\") i++;
    else if (source[i] === "[") isClass = true;
    else if (source[i] === "]") isClass = false;
  }
  return i + 1;
}

function endOfTemplate(source: string, at: number): number {
  let i = at + 1;
  while (source[i] !== "`") {
    if (source[i] === "\\") i += 2;
    else if (source.startsWith("${", i)) i = endOfBracket(source, i + 1);
    else i++;
  }
  return i + 1;
}

/** The place after the bracket that closes the one at `at`. */
function endOfBracket(source: string, at: number): number {
  let i = at + 1;
  for (let depth = 1; depth > 0; ) {
    const end = skip(source, i);
    if (end > i) i = end;
    else {
      if ("([{".includes(source[i]!)) depth++;
      if (")]}".includes(source[i]!)) depth--;
      i++;
    }
  }
  return i;
}

/** Every "…" literal outside of templates and comments, in order; those in a template's placeholders too. */
export function stringLiterals(source: string): Literal[] {
  const found: Literal[] = [];
  const walk = (from: number, to: number): void => {
    for (let i = from; i < to; ) {
      const end = skip(source, i);
      if (end === i) i++;
      else {
        if (source[i] === '"') found.push({ value: literalValue(source.slice(i, end)), start: i });
        if (source[i] === "`") for (const [a, b] of placeholders(source, i)) walk(a, b);
        i = end;
      }
    }
  };
  walk(0, source.length);
  return found;
}

/** From and to of each placeholder's expression. */
function placeholders(source: string, at: number): [from: number, to: number][] {
  const found: [number, number][] = [];
  for (let i = at + 1; source[i] !== "`"; ) {
    if (source[i] === "\\") i += 2;
    else if (source.startsWith("${", i)) {
      const end = endOfBracket(source, i + 1);
      found.push([i + 2, end - 1]);
      i = end;
    } else i++;
  }
  return found;
}

/** Where the innermost ( or { around a place opens; undefined at the top, and in an array. */
export function enclosingBracket(source: string, place: number): number | undefined {
  const open: number[] = [];
  for (let i = 0; i < place; ) {
    const end = skip(source, i);
    if (end > place && source[i] === "`") {
      const around = placeholders(source, i).find(([from, to]) => from <= place && place < to)!;
      i = around[0];
    } else if (end > i) i = end;
    else {
      if ("([{".includes(source[i]!)) open.push(i);
      if (")]}".includes(source[i]!)) open.pop();
      i++;
    }
  }
  const innermost = open.at(-1);
  return innermost === undefined || source[innermost] === "[" ? undefined : innermost;
}

/** The expressions between a bracket and its end, split at commas. */
export function argumentsAt(source: string, bracket: number): string[] {
  const end = endOfBracket(source, bracket) - 1;
  const parts: string[] = [];
  let start = bracket + 1;
  for (let i = start; i < end; ) {
    const next = "([{".includes(source[i]!) ? endOfBracket(source, i) : skip(source, i);
    if (next > i) i = next;
    else {
      if (source[i] === ",") {
        parts.push(source.slice(start, i).trim());
        start = i + 1;
      }
      i++;
    }
  }
  const last = source.slice(start, end).trim();
  return last === "" ? parts : [...parts, last];
}

/** The properties of an object literal: name → expression. */
export function propertiesAt(source: string, bracket: number): Map<string, string> {
  return new Map(
    argumentsAt(source, bracket).flatMap((part): [string, string][] => {
      const match = /^(\w+)\s*:\s*([\s\S]+)$/.exec(part) ?? /^(\w+)()$/.exec(part);
      return match ? [[match[1]!, match[2] || match[1]!]] : [];
    }),
  );
}

/** An expression as a reader of messages sees it: literals as their text, anything else in braces. */
export function textOf(expression: string): string {
  const whole = expression.trim();
  if (whole === "void 0") return "";
  if (whole[0] === '"' && endOfString(whole, 0) === whole.length) return literalValue(whole);
  if (whole[0] === "`" && endOfTemplate(whole, 0) === whole.length) return templateText(whole);
  const alternatives = splitAlternatives(whole);
  return alternatives
    ? alternatives
        .map(textOf)
        .filter((text) => text !== "")
        .join(" | ")
    : `{${whole.replace(/\s+/g, " ")}}`;
}

function templateText(template: string): string {
  let text = "";
  let from = 1;
  for (const [a, b] of placeholders(template, 0)) {
    text += template.slice(from, a - 2);
    const inner = textOf(template.slice(a, b));
    text += inner.startsWith("{") && inner.endsWith("}") ? inner : `{${inner}}`;
    from = b + 1;
  }
  return (text + template.slice(from, -1)).replace(/\\([`$\\])/g, "$1").replaceAll("\\n", " ");
}

/** `condition ? a : b` and `a ?? b` as their alternatives; undefined for anything else. */
function splitAlternatives(expression: string): string[] | undefined {
  const cuts: number[] = [];
  let question: number | undefined;
  for (let i = 0; i < expression.length; ) {
    const next = "([{".includes(expression[i]!) ? endOfBracket(expression, i) : skip(expression, i);
    if (next > i) i = next;
    else if (expression.startsWith("??", i)) {
      cuts.push(i);
      i += 2;
    } else if (expression.startsWith("?.", i)) i += 2;
    else {
      if (expression[i] === "?" && question === undefined) question = i;
      else if (expression[i] === ":" && question !== undefined) {
        return [expression.slice(question + 1, i), expression.slice(i + 1)];
      }
      i++;
    }
  }
  return cuts.length > 0 ? [expression.slice(0, cuts[0]), expression.slice(cuts[0]! + 2)] : undefined;
}
