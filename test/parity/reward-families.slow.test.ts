/** Reward models of an encoder's family, exported: a pair of texts with token types, and WordPiece. Other families: the long test. */
import { test } from "node:test";
import { agreesWithTransformers, lacksExport } from "./reward-families.ts";

test("an exported BERT scores as transformers does", { skip: lacksExport() }, (t) =>
  agreesWithTransformers(t, ["bert"]),
);
