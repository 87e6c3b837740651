import { SparringError } from "../../errors.ts";
import type { RunRecord } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";

/** A run's record; undefined for one that waits for its first start. @throws SparringError as `Store.readRun` */
export async function recordOf(store: Store, id: string): Promise<RunRecord | undefined> {
  try {
    return await store.readRun(id);
  } catch (error) {
    if (error instanceof SparringError && error.code === "store/not-started") return undefined;
    throw error;
  }
}
