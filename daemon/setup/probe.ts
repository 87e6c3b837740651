import { z } from "zod";
import { workerFile } from "../engine/torch/worker-folder.ts";
import { visibleLine } from "../text/visible.ts";
import { endOf, type Ran, runTool } from "./process.ts";

/** Texts of another program, in one line and safe to show. */
const text = z.string().transform((value) => visibleLine(value.trim().slice(0, 600)));

const factsSchema = z.object({
  python: text,
  /** Null where PyTorch is missing or can't be loaded. */
  torch: z.object({ version: text, cuda: text.nullable() }).nullable(),
  /** Why a PyTorch that is there can't be loaded. */
  torchError: text.nullable(),
  /** Installed versions by package, null where one is missing. */
  packages: z.record(z.string(), text.nullable()),
  gpu: z
    .object({
      devices: z.array(z.object({ name: text, capability: text, freeBytes: z.number(), totalBytes: z.number() })),
      /** What PyTorch says about a GPU that it can't use. */
      error: text.nullable(),
    })
    .nullable(),
});

/** What a Python environment has for the torch engine. */
export type Facts = z.infer<typeof factsSchema>;

/** The first import of PyTorch reads some gigabytes, maybe from a network disk; milliseconds. */
const quietMs = 300_000;

/**
 * Asks an environment what it has, as the worker would find it.
 * @param packages whose versions are asked for
 * @returns why it could not be asked, as a phrase after the interpreter's name, in place of the facts
 */
export async function probe(
  python: string,
  packages: readonly string[],
  signal?: AbortSignal,
): Promise<Facts | string> {
  const ran = await runTool([python, "-B", workerFile("probe.py"), ...packages], {
    quietMs,
    ...(signal && { signal }),
  });
  if (!ran.ok) return endOf(ran);
  return factsOf(ran);
}

/** Packages may print on import: the facts are the last line. */
function factsOf({ out }: Ran): Facts | string {
  try {
    return factsSchema.parse(JSON.parse(out.trimEnd().split("\n").at(-1)!));
  } catch {
    return "did not tell what it has";
  }
}
