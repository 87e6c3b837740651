/**
 * How published models spell their control tokens: `<|im_end|>`, `<|turn>`, `<｜User｜>`, `</s>`, `<end_of_turn>`, `[/INST]`.
 * The lookahead is bounded, so time is linear in the text's length.
 */
const beginning = new RegExp(
  [
    "<(?=[|｜][^\\s<>]{1,80}>|[^\\s<>|｜]{1,80}[|｜]>|/?(?:s|bos|eos|pad|unk|start_of_turn|end_of_turn|think)>)",
    "\\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|THINK)\\])",
  ].join("|"),
  "g",
);

/**
 * A prompt for a server in which nothing is spelled like a control token: a space parts its bracket from the rest [ours]. Many servers
 * put messages into the chat template as text and encode the whole, so an answer with `<|im_end|>` could end the user's turn and write
 * the judge's verdict itself. An engine's tokenizer keeps them apart exactly (`models/control-tokens.ts`); which tokens a server's model has
 * nobody tells us, so one that is spelled otherwise passes.
 */
export function withoutControlTokens(prompt: string): string {
  return prompt.replace(beginning, "$& ");
}
