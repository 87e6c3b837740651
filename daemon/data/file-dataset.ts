import { DataFile } from "./data-file.ts";
import { type FileIndex, type IndexOptions, indexFile } from "./file-index.ts";
import { parseRecord } from "./parse-record.ts";
import type { DataRecord, Dataset } from "./record.ts";

/**
 * Opens a data file: indexes it in one pass, and reads records on demand.
 * @param path absolute
 * @throws SparringError those of `DataFile.open` and `indexFile`; AbortedError
 */
export async function openDataFile(path: string, options: IndexOptions = {}): Promise<Dataset> {
  const file = await DataFile.open(path);
  try {
    return datasetOf(file, await indexFile(file, options));
  } catch (error) {
    await file.close();
    throw error;
  }
}

function datasetOf(file: DataFile, index: FileIndex): Dataset {
  const { shape, offsets, rejectedCount, skipped, tolerated, fingerprint } = index;
  return {
    source: file.path,
    kind: shape.kind,
    count: offsets.length,
    rejectedCount,
    hasRejected: rejectedCount === offsets.length,
    skipped,
    tolerated,
    fingerprint,
    record: (i) => readRecord(file, index, i),
    close: () => file.close(),
  };
}

async function readRecord(
  file: DataFile,
  { shape, offsets, lengths, lines }: FileIndex,
  i: number,
): Promise<DataRecord> {
  const parsed = parseRecord(await file.read(offsets.at(i), lengths.at(i)), true);
  const example = "skip" in parsed ? parsed : shape.read(parsed.record);
  // Its bytes are those that were indexed.
  if ("skip" in example) throw new Error(`the record of line ${lines.at(i)} was usable, and now ${example.skip}`);
  return { ...example, line: lines.at(i) };
}
