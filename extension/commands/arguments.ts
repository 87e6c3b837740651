import { z } from "zod";
import { type EditorCommand, type EditorCommands, roundOf } from "../../daemon/editor.ts";

/**
 * What commands are called with comes from lenses, panels, rows of the tree and menus of editors, so it is read here: what does
 * not fit is left out, and the command asks for it.
 */

const index = z.number().int().nonnegative().optional().catch(undefined);
const run = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);
const place = z.object({ run: run.optional().catch(undefined), round: index, query: index, answer: index });
const weights = z.union([z.literal("current"), z.literal("reference"), z.object({ checkpoint: z.number().int() })]);
const none = z.record(z.string(), z.never()).catch({});
const document = z.object({ uri: z.string().optional().catch(undefined) });

const schemas: { readonly [C in EditorCommand]: z.ZodType } = {
  "sparring.start": document,
  "sparring.startExample": none,
  "sparring.estimate": document,
  "sparring.pause": place,
  "sparring.resume": place,
  "sparring.stop": place,
  "sparring.fork": place,
  "sparring.confirmFork": document,
  "sparring.openRounds": place,
  "sparring.openRoundDocument": place,
  "sparring.rate": place,
  "sparring.compare": place.extend({ against: z.object({ run, weights }).optional().catch(undefined) }),
  "sparring.openLineage": place,
  "sparring.playAgain": place,
  "sparring.why": place,
  "sparring.exportWeights": place,
  "sparring.exportSamples": place,
  "sparring.exportRatings": place,
  "sparring.evaluate": place,
  "sparring.chat": place,
  "sparring.showLog": place,
  "sparring.diffTexts": z.object({
    title: z.string().catch(""),
    left: z.string().optional().catch(undefined),
    right: z.string().optional().catch(undefined),
  }),
  "sparring.tokens": z.object({ by: z.enum(["logprob", "advantage", "off"]).optional().catch(undefined) }),
  "sparring.refresh": none,
  "sparring.restartDaemon": none,
  "sparring.doctor": none,
  "sparring.setUpTorch": none,
  "sparring.giveKey": none,
  "sparring.forgetKey": none,
};

/** What a command works with. Of `diffTexts` the texts may be missing, when it comes from the palette. */
export type Called<C extends EditorCommand> = C extends "sparring.diffTexts"
  ? Partial<EditorCommands[C]>
  : EditorCommands[C];

/**
 * The arguments of a call: `first` is what the command was called with, an object of its arguments or an editor's URI. A round's
 * document names its run and round.
 * @param isUri tells an editor's URI object
 */
export function argumentsOf<C extends EditorCommand>(
  command: C,
  first: unknown,
  isUri: (value: unknown) => boolean,
): Called<C> {
  const called = isUri(first) ? fromUri(String(first)) : (first ?? {});
  const parsed = schemas[command].safeParse(called);
  const found = (parsed.success ? parsed.data : {}) as object;
  // What is undefined is left out: `exactOptionalPropertyTypes` or not, a spread of it must not hide a default.
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Called<C>;
}

function fromUri(uri: string): object {
  return { uri, ...roundOf(decodeURIComponent(uri)) };
}
