import type { RoundDocument } from "../../documents/round-document.ts";
import type { RoundDocuments } from "../../documents/round-documents.ts";
import { roundOf } from "../../editor.ts";

/** The round document of a URI; undefined where it names none. @throws SparringError of the store */
export async function roundAt(uri: string, rounds: RoundDocuments): Promise<RoundDocument | undefined> {
  const named = roundOf(uri);
  return named && rounds.get(named.run, named.round);
}
