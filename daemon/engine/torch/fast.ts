/**
 * Switches of what makes the torch engine fast. Each has a plain path that computes the same up to rounding, which is the check
 * of it; tests and `test/bench` compare them.
 */
export interface Fast {
  /**
   * A LoRA adapter is merged into a copy of the weights that it targets, which samples and trains; in bfloat16 that copy is rounded
   * stochastically after each step. Off: the adapter is computed beside its base. Default: on.
   */
  readonly mergedAdapter: boolean;
  /** A prompt that several sequences of a micro-batch share, or a long beginning of it, is computed once. Default: on. */
  readonly sharedPrompts: boolean;
  /** Log-probabilities and their gradient are computed some tokens at a time, never all logits at once. Default: on. */
  readonly chunkedLogits: boolean;
  /** What training and measuring do in a layer is compiled, except attention. Default: on CUDA. */
  readonly compile: boolean;
  /** Layers are computed again in the backward pass in place of being kept; `auto`: once memory has run out. Default: auto. */
  readonly checkpointing: "auto" | "on" | "off";
  /** A step of sampling is one CUDA graph. Default: on CUDA; it can't be on elsewhere. */
  readonly graphDecode: boolean;
}
