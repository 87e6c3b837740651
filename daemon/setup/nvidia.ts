import { notFound, runTool } from "./process.ts";

/** The NVIDIA driver of this machine, from nvidia-smi. */
export type Driver =
  | { readonly state: "absent" }
  /** nvidia-smi is there and can't reach the driver. */
  | { readonly state: "broken"; readonly why: string }
  | {
      readonly state: "works";
      /** E.g. `570.86.10`. */
      readonly version: string;
      /** The newest CUDA that it supports, major and minor; undefined where nvidia-smi does not tell. */
      readonly cuda: readonly [number, number] | undefined;
      /** Names of the GPUs. */
      readonly gpus: readonly string[];
    };

/** It waits for a driver that hangs, milliseconds. */
const quietMs = 30_000;

/** Asks nvidia-smi, where there is one. */
export async function askDriver(signal?: AbortSignal): Promise<Driver> {
  const ask = (...args: string[]) => runTool(["nvidia-smi", ...args], { quietMs, ...(signal && { signal }) });
  const table = await ask();
  if (table.how === notFound) return { state: "absent" };
  const list = await ask("--query-gpu=driver_version,name", "--format=csv,noheader");
  const rows = list.lines.map((line) => /^(\d+(?:\.\d+)+), (.{1,100})$/.exec(line)).filter((row) => row !== null);
  const [first] = rows;
  if (!table.ok || !list.ok || !first) {
    const { how, lines } = table.ok ? list : table;
    return { state: "broken", why: lines.at(-1) ?? how };
  }
  const cuda = /CUDA Version: *(\d+)\.(\d+)/.exec(table.out);
  return {
    state: "works",
    version: first[1]!,
    cuda: cuda ? [Number(cuda[1]), Number(cuda[2])] : undefined,
    gpus: rows.map((row) => row[2]!),
  };
}
