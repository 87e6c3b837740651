/** A config whose rounds are small, so that many come, and that plays for as long as a test needs it. */
export const smallConfig = `model:
  path: builtin:nano
game:
  task: addition
  queries: 6
  answers: 4
  rounds: 5000
algorithm:
  name: lsp
  alpha_challenger: 0.25
challenger:
  max_tokens: 8
solver:
  max_tokens: 5
engine:
  threads: 1
eval:
  every: 50
  limit: 16
checkpoints:
  every: 5
  keep: 4
`;
