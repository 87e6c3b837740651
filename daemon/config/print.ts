import { Document, isSeq, visit } from "yaml";
import type { Config } from "./schema.ts";
import { usedSettings } from "./used.ts";

/**
 * A config as YAML, as `--dry-run` shows it: every setting that the run uses. `parseConfig` reads it back to the same
 * config.
 */
export function printConfig(config: Config): string {
  const doc = new Document({});
  for (const [path, value] of usedSettings(config)) doc.setIn(path.split("."), doc.createNode(value));
  visit(doc, (_, node) => {
    if (isSeq(node)) node.flow = true;
  });
  return doc.toString({ lineWidth: 0, flowCollectionPadding: false });
}
