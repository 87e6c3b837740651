import type { ResultOf } from "../protocol.ts";

/** The engines, and whether each can be used here. */
export const engines: ResultOf<"sparring/engine/list"> = {
  engines: [
    {
      name: "onnx",
      available: true,
      about: "Embedded: trains small models on this machine's CPU, with nothing to install.",
    },
    { name: "torch", available: false, about: "PyTorch on a CUDA GPU of this machine. Not available yet." },
    { name: "tinker", available: false, about: "A remote training service. Not available yet." },
  ],
};
