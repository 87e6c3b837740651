import { ChatTokenizer } from "../../models/tokenizer.ts";
import { readTokenizerFile } from "../../models/tokenizer-file.ts";

/** The text of tokens. */
export type Decode = (ids: readonly number[]) => string;

/**
 * The text of each token, such that all pieces together are the text of all tokens. A token may be a part of a character:
 * then the piece is with the token that completes it, and this one's is empty.
 *
 * Found by decoding what follows the last finished piece, with the tokens of that piece before it, because a decoder may treat
 * the first token of a text in its own way (Llama's takes a space off). Where the result is not how the whole text goes on, the
 * piece is not finished yet.
 */
export function piecesOf(ids: readonly number[], decode: Decode): string[] {
  const whole = decode(ids);
  const pieces = ids.map(() => "");
  /** First token of the last finished piece, the token after it, and the length of all finished pieces. */
  let [before, next, length] = [0, 0, 0];
  for (let end = 1; end <= ids.length; end++) {
    const context = decode(ids.slice(before, next));
    const piece = decode(ids.slice(before, end)).slice(context.length);
    if (!whole.startsWith(piece, length)) continue;
    pieces[end - 1] = piece;
    [before, next, length] = [next, end, length + piece.length];
  }
  if (length < whole.length) pieces[ids.length - 1] += whole.slice(length);
  return pieces;
}

/** As `piecesOf`, with tokens that have a name and no text (`<|im_end|>`): the piece of such a token is its name. */
export function namedPiecesOf(ids: readonly number[], decode: Decode, names: ReadonlyMap<number, string>): string[] {
  const pieces = piecesOf(
    ids.filter((id) => !names.has(id)),
    decode,
  );
  let next = 0;
  return ids.map((id) => names.get(id) ?? pieces[next++]!);
}

/** A tokenizer of a model folder, as far as pieces need it. */
export interface PieceTokenizer {
  readonly decode: Decode;
  /** Tokens without a text: their names. */
  readonly names: ReadonlyMap<number, string>;
}

/** Reads a model folder's tokenizer. @throws SparringError as `ChatTokenizer.load` */
export async function loadPieceTokenizer(dir: string): Promise<PieceTokenizer> {
  const tokenizer = await ChatTokenizer.load(dir);
  const { added_tokens } = await readTokenizerFile(dir);
  const named = added_tokens.filter(({ id }) => tokenizer.decode([id]) === "");
  return {
    decode: (ids) => tokenizer.decode(ids),
    names: new Map(named.map(({ id, content }) => [id, content])),
  };
}
