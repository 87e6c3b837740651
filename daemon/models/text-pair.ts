import { z } from "zod";

/** What a classifier reads of two texts: tokens, and which text each belongs to as the model's token types count it. */
export interface TokenPair {
  readonly tokens: readonly number[];
  readonly types: readonly number[];
}

/** A piece of the form of a pair: a text, or tokens that are always there. */
type Piece =
  | { readonly text: "A" | "B"; readonly type: number }
  | { readonly ids: readonly number[]; readonly type: number };

/** How a model writes two texts one after the other. */
export type PairForm = readonly Piece[];

const marker = z.tuple([z.string(), z.number().int().nonnegative()]);
const templateSchema = z.object({
  type: z.literal("TemplateProcessing"),
  pair: z.array(
    z.union([
      z.object({ SpecialToken: z.object({ id: z.string(), type_id: z.number().int() }) }),
      z.object({ Sequence: z.object({ id: z.enum(["A", "B"]), type_id: z.number().int() }) }),
    ]),
  ),
  special_tokens: z.record(z.string(), z.object({ ids: z.array(z.number().int().nonnegative()) })),
});
const classSchema = z.object({ type: z.enum(["BertProcessing", "RobertaProcessing"]), cls: marker, sep: marker });
const sequenceSchema = z.object({ type: z.literal("Sequence"), processors: z.array(z.unknown()) });

/**
 * The form of a pair by the `post_processor` of a tokenizer.json: a template, or BERT's or RoBERTa's own; undefined where it does not
 * end both texts with a mark.
 */
export function pairForm(postProcessor: unknown): PairForm | undefined {
  const sequence = sequenceSchema.safeParse(postProcessor);
  if (sequence.success) return sequence.data.processors.map(pairForm).find((form) => form !== undefined);
  const template = templateSchema.safeParse(postProcessor);
  if (template.success) return ofTemplate(template.data);
  const ofClass = classSchema.safeParse(postProcessor);
  if (!ofClass.success) return undefined;
  const { type, cls, sep } = ofClass.data;
  const isRoberta = type === "RobertaProcessing";
  const second = isRoberta ? 0 : 1;
  return [
    { ids: [cls[1]], type: 0 },
    { text: "A", type: 0 },
    { ids: isRoberta ? [sep[1], sep[1]] : [sep[1]], type: 0 },
    { text: "B", type: second },
    { ids: [sep[1]], type: second },
  ];
}

/** The tokens of a pair, of each text's own. */
export function fillPair(form: PairForm, texts: Readonly<Record<"A" | "B", readonly number[]>>): TokenPair {
  const filled = form.map((piece) => ({ ids: "ids" in piece ? piece.ids : texts[piece.text], type: piece.type }));
  return {
    tokens: filled.flatMap(({ ids }) => ids),
    types: filled.flatMap(({ ids, type }) => ids.map(() => type)),
  };
}

/**
 * Encoders end each text with a mark. A template that doesn't is a decoder's, which begins each text with one and was trained on
 * conversations: its pair is nothing that the model knows.
 */
function ofTemplate({ pair, special_tokens }: z.infer<typeof templateSchema>): PairForm | undefined {
  const form = pair.map((piece): Piece => {
    if ("Sequence" in piece) return { text: piece.Sequence.id, type: piece.Sequence.type_id };
    const { id, type_id } = piece.SpecialToken;
    return { ids: special_tokens[id]?.ids ?? [], type: type_id };
  });
  const [first, second] = (["A", "B"] as const).map((name) =>
    form.findIndex((piece) => "text" in piece && piece.text === name),
  );
  const hasMark = (pieces: PairForm): boolean => pieces.some((piece) => "ids" in piece && piece.ids.length > 0);
  const endsBoth = hasMark(form.slice(first! + 1, second)) && hasMark(form.slice(second! + 1));
  return first !== -1 && second !== -1 && endsBoth ? form : undefined;
}
