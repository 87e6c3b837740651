import { freemem } from "node:os";
import type { Config } from "../../../config/schema.ts";
import { runTool } from "../../../setup/process.ts";

/** Where an engine would compute, and what is free there. */
export interface DeviceMemory {
  readonly device: "cpu" | "cuda";
  /** Bytes; null where nobody tells. */
  readonly free: number | null;
}

/** It waits for a driver that hangs, milliseconds. */
const quietMs = 5_000;

/** The memory that a config's engine would compute in. `auto` means the GPU where nvidia-smi shows one. */
export async function deviceMemory({ name, device }: Config["engine"]): Promise<DeviceMemory> {
  const onCpu = { device: "cpu", free: availableMemory() } as const;
  if (name === "onnx" || device === "cpu") return onCpu;
  const free = await freeOnGpu(process.env.CUDA_VISIBLE_DEVICES);
  return free === null && device === "auto" ? onCpu : { device: "cuda", free };
}

/** On Linux this is what could be had without swapping, not what nobody uses. */
function availableMemory(): number {
  return freemem();
}

/**
 * Memory that is free on the GPU which CUDA would take first.
 * @param visible CUDA_VISIBLE_DEVICES: indices or UUIDs
 */
async function freeOnGpu(visible: string | undefined): Promise<number | null> {
  const first = visible?.split(",")[0]?.trim();
  // CUDA reads an empty list, or −1, as no GPU at all.
  if (first === "" || first === "-1") return null;
  const query = ["--query-gpu=memory.free", "--format=csv,noheader,nounits", `--id=${first ?? "0"}`];
  const { ok, out } = await runTool(["nvidia-smi", ...query], { quietMs });
  return ok ? parseMebibytes(out) : null;
}

/** What nvidia-smi says, in bytes; null where it says `[N/A]`, or anything else that is no number. */
export function parseMebibytes(out: string): number | null {
  const match = /^\s*(\d{1,9})\s*$/m.exec(out);
  return match ? Number(match[1]) * 2 ** 20 : null;
}
