import type { DataRecord, Dataset } from "../../data/record.ts";
import { type Encoder, tokensOf } from "../../data/tokens.ts";
import type { ChatTokenizer, TokenSpan } from "../../models/tokenizer.ts";

/** One of a record's parts as a model gets it. */
export interface PartPreview {
  readonly part: "prompt" | "chosen" | "rejected";
  /** Whether the loss is over these tokens. */
  readonly trained: boolean;
  /** Tokens; null where no model was named. */
  readonly tokens: number | null;
  /** The text with the template's control tokens apart; without a model the messages' text. */
  readonly spans: readonly TokenSpan[];
}

/** A record as a model gets it. */
export interface RecordPreview {
  readonly line: number;
  readonly parts: readonly PartPreview[];
}

/** What `sparring data preview` shows. */
export interface DataPreview extends Pick<Dataset, "source" | "kind" | "count" | "rejectedCount"> {
  readonly skipped: Dataset["skipped"];
  readonly tolerated: Dataset["tolerated"];
  readonly fingerprint: string;
  /** Longer records were skipped; null where no model was named. */
  readonly maxTokens: number | null;
  /** The first usable ones. */
  readonly records: readonly RecordPreview[];
}

type Tokenizer = Encoder & Pick<ChatTokenizer, "spans">;

/** A data set and its first `count` records, rendered for a model where one is given. */
export async function previewOf(
  dataset: Dataset,
  model: { readonly tokenizer: Tokenizer; readonly maxTokens: number } | undefined,
  count: number,
): Promise<DataPreview> {
  const { source, kind, rejectedCount, skipped, tolerated, fingerprint } = dataset;
  const records: RecordPreview[] = [];
  for (let i = 0; i < Math.min(count, dataset.count); i++) {
    const record = await dataset.record(i);
    records.push({ line: record.line, parts: model ? renderedParts(record, model.tokenizer) : plainParts(record) });
  }
  const maxTokens = model?.maxTokens ?? null;
  return { source, kind, count: dataset.count, rejectedCount, skipped, tolerated, fingerprint, maxTokens, records };
}

function renderedParts(record: DataRecord, tokenizer: Tokenizer): PartPreview[] {
  const { prompt, chosen, rejected } = tokensOf(record, tokenizer);
  const part = (name: PartPreview["part"], ids: readonly number[]): PartPreview => ({
    part: name,
    trained: name !== "prompt",
    tokens: ids.length,
    spans: tokenizer.spans(ids),
  });
  return [part("prompt", prompt), part("chosen", chosen), ...(rejected ? [part("rejected", rejected)] : [])];
}

function plainParts({ prompt, chosen, rejected }: DataRecord): PartPreview[] {
  const part = (name: PartPreview["part"], spans: readonly TokenSpan[]): PartPreview => ({
    part: name,
    trained: name !== "prompt",
    tokens: null,
    spans,
  });
  const text = (content: string): TokenSpan => ({ text: content, isControl: false });
  const messages = prompt.flatMap(({ role, content }, i): TokenSpan[] => [
    ...(i === 0 ? [] : [text("\n")]),
    { text: role, isControl: true },
    text(` ${content}`),
  ]);
  return [
    part("prompt", messages),
    part("chosen", [text(chosen)]),
    ...(rejected === undefined ? [] : [part("rejected", [text(rejected)])]),
  ];
}
