// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources are data here
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { commands } from "../../daemon/cli/program.ts";
import { collectMessages, goldenFile, type Message, messagesDocument } from "./messages.ts";
import { argumentsAt, enclosingBracket, propertiesAt, stringLiterals, textOf } from "./source-scanner.ts";

/* What people read when something goes wrong, all of it in one place: test/fixtures/messages.md. */

const messages = collectMessages();

/** Checks every message, and names all that fail. */
function everyMessage(isGood: (message: Message) => boolean): void {
  const bad = messages.filter((message) => !isGood(message));
  assert.deepEqual(
    bad.map(({ code, sentence, next, file }) => `${file} ${code}: ${sentence} → ${next}`),
    [],
  );
}

/** A text that is not only something filled in. */
function isWritten(text: string): boolean {
  return !/^\{[^{}]*\}$/.test(text);
}

describe("messages", () => {
  test("are those of the committed document (npx tsx test/unit/messages.ts writes it anew)", () => {
    assert.equal(messagesDocument(messages), readFileSync(goldenFile, "utf8"));
  });
  test("are found: every code in the sources has at least one", () => {
    assert.ok(messages.length > 100, `${messages.length}`);
    const codes = new Set(messages.map(({ code }) => code));
    for (const code of ["cli/usage", "client/no-daemon", "config/unknown-key", "store/disk-full", "engine/died"]) {
      assert.ok(codes.has(code), code);
    }
  });
  test("of one sentence have one code", () => {
    const seen = new Map<string, Message>();
    everyMessage((message) => {
      if (!isWritten(message.sentence)) return true;
      const other = seen.get(message.sentence) ?? message;
      seen.set(message.sentence, message);
      // One place may choose between two codes.
      return other.code === message.code || other.file === message.file;
    });
  });
  test("of one code come from one room, but for those about the model and the protocol", () => {
    const rooms = new Map<string, string>();
    everyMessage(({ code, file }) => {
      if (/^(model|protocol)\//.test(code)) return true;
      const room = file.split("/")[1]!;
      const other = rooms.get(code) ?? room;
      rooms.set(code, room);
      return other === room;
    });
  });
  test("say what was found, and more than a word", () => {
    everyMessage(({ sentence }) => !isWritten(sentence) || (sentence.length >= 12 && sentence.includes(" ")));
    everyMessage(({ sentence }) => !/^(error|failed|failure|invalid|bad|wrong|unable|could not)\b/i.test(sentence));
  });
  test("have a next step, which is a sentence; only usage errors leave it to others", () => {
    everyMessage((message) => message.next !== "" || message.code === "cli/usage");
    // What ends in something to copy needs no full stop.
    everyMessage(({ next }) => next.split(" | ").every((step) => step === "" || /[.?}]$/.test(step)));
    everyMessage(({ next }) => next.split(" | ").every((step) => step === "" || /^[\p{Lu}{`]/u.test(step)));
  });
  test("are plain: no begging, no blame, no jargon of programs", () => {
    const words = /\b(please|sorry|oops|illegal|exception|undefined|null|NaN|stack trace|ENOENT|EACCES|errno|stdin)\b/i;
    everyMessage(({ sentence, next }) => !words.test(written(sentence)) && !words.test(written(next)));
  });
  test("name commands and options that there are", () => {
    everyMessage(({ sentence, next }) =>
      [...`${sentence} ${next}`.matchAll(/`sparring ([a-z]+)([^`]*)`/g)].every(([, name, rest]) => {
        const command = commands.find((each) => each.name === name);
        const options = [...rest!.matchAll(/--([a-z-]+)/g)].map(([, option]) => option!);
        return name === "help" || (command !== undefined && options.every((option) => option in command.options));
      }),
    );
  });
});

/** A text without what is filled in. */
function written(text: string): string {
  return text.replace(/\{[^{}]*\}/g, "");
}

describe("the scanner of sources", () => {
  const source =
    'f("a/b", `x ${g("c/d", { n: [1, 2] })} "e"`, /["]`/, a ? "y" : `z`); // "no"\nh({ code: "i", m: "\\n" });';

  test("finds strings, in placeholders too, and none in comments, templates and regular expressions", () => {
    assert.deepEqual(
      stringLiterals(source).map(({ value }) => value),
      ["a/b", "c/d", "y", "i", "\n"],
    );
  });
  test("finds the bracket around a place", () => {
    const of = (value: string): string =>
      source
        .slice(enclosingBracket(source, stringLiterals(source).find((each) => each.value === value)!.start)!)
        .slice(0, 6);
    assert.equal(of("a/b"), '("a/b"');
    assert.equal(of("c/d"), '("c/d"');
    assert.equal(of("i"), "{ code");
  });
  test("splits arguments and properties at their commas", () => {
    assert.deepEqual(argumentsAt(source, 1), [
      '"a/b"',
      '`x ${g("c/d", { n: [1, 2] })} "e"`',
      '/["]`/',
      'a ? "y" : `z`',
    ]);
    assert.deepEqual(
      [...propertiesAt("{ a, b: [1, 2], c: f(x, y) }", 0)],
      [
        ["a", "a"],
        ["b", "[1, 2]"],
        ["c", "f(x, y)"],
      ],
    );
  });
  test("shows expressions as a reader of messages sees them", () => {
    assert.equal(textOf('"a\\u0041"'), "aA");
    assert.equal(textOf('`run ${id} of ${a ? `b` : "c"}`'), "run {id} of {b | c}");
    assert.equal(textOf('x === 1 ? "one" : `${x}`'), "one | {x}");
    assert.equal(textOf("cause.message"), "{cause.message}");
    assert.equal(textOf("a?.b"), "{a?.b}");
  });
});
