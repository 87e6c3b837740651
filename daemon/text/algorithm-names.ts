/** What people call the algorithms, by their names in a config. */
export const algorithmNames = {
  lsp: "LSP",
  "lsp-zero": "LSP-Zero",
  grpo: "GRPO",
  sft: "SFT",
  spin: "SPIN",
  spif: "SPIF (χ², our reconstruction)",
  spac: "SPAC (smoothing by our reading)",
  dpo: "DPO",
  ipo: "IPO",
} as const;
