import { SparringError } from "../errors.ts";
import type { ResultOf } from "../protocol.ts";
import { torchPython } from "../setup/environment.ts";

type Engines = ResultOf<"sparring/engine/list">;

/**
 * The engines, and whether each can be used here.
 * @param home SPARRING_HOME, which knows whether torch is set up
 */
export async function enginesOf(home: string): Promise<Engines> {
  return {
    engines: [
      {
        name: "onnx",
        available: true,
        about: "Embedded: trains small models on this machine's CPU, with nothing to install.",
      },
      await torch(home),
      { name: "tinker", available: false, about: "A remote training service. Not available yet." },
    ],
  };
}

async function torch(home: string): Promise<Engines["engines"][number]> {
  const about = "PyTorch on a CUDA GPU of this machine, or on its CPU.";
  try {
    return { name: "torch", available: true, about: `${about} Its Python is ${await torchPython(home)}.` };
  } catch (error) {
    if (!(error instanceof SparringError)) throw error;
    return { name: "torch", available: false, about: `${about} ${error.message} ${error.next}` };
  }
}
