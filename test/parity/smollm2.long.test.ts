import { parity } from "./checks.ts";

// The model takes 8,192 positions; a few hundred are what a self-play round on a CPU has.
parity("smollm2", { lengths: [2, 5, 17, 40, 64, 90, 128, 200, 400], full: false });
