import type { Config } from "../../config/schema.ts";
import { SparringError } from "../../errors.ts";
import { LastUsed } from "../../store/last-used.ts";
import type { RunRecord } from "../../store/records.ts";
import { localStageModel } from "../control/local-model.ts";
import { loadPieceTokenizer, namedPiecesOf, type PieceTokenizer } from "./token-pieces.ts";

/** So many tokenizers are kept: one of a large vocabulary takes tens of megabytes. */
const keptTokenizers = 3;

/** Tokens of runs as pieces of text, by the tokenizers of their models. */
export class TokenTexts {
  readonly #home: string;
  readonly #tokenizers = new LastUsed<Promise<PieceTokenizer>>(keptTokenizers);

  constructor(home: string) {
    this.#home = home;
  }

  /**
   * What cuts a run's tokens into pieces of text, see `namedPiecesOf`.
   * @throws SparringError `run/model-gone`, and those of reading a tokenizer
   */
  async of({ id, lineage }: RunRecord, { model }: Config): Promise<(ids: readonly number[]) => string[]> {
    const found = await localStageModel(model.path, lineage.stageModel, this.#home);
    if ("missing" in found) throw modelGone(id, found.missing);
    const { dir } = found.model;
    const loading = this.#tokenizers.get(dir, () => loadPieceTokenizer(dir));
    loading.catch(() => this.#tokenizers.forget(dir));
    const { decode, names } = await loading;
    return (ids) => namedPiecesOf(ids, decode, names);
  }
}

function modelGone(run: string, missing: string): SparringError {
  return new SparringError(
    "run/model-gone",
    `The model of run "${run}" is not on this machine any more: ${missing}.`,
    "Put it back, or resume the run, which downloads a model of the hub: its tokenizer tells what the tokens say.",
  );
}
