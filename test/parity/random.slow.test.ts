import { parity } from "./checks.ts";

// Up to the models' limit of 320 positions; 64 is where llama3's rotary embedding begins to stretch.
const lengths = [2, 3, 9, 17, 33, 64, 65, 130, 201, 319, 320];

for (const model of ["llama-tied", "llama-untied", "llama3", "qwen2", "qwen3"]) {
  parity(model, { lengths, full: true, rslora: model === "llama3" });
}
