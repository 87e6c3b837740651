import { selfPlayInstrument } from "./instruments/self-play.ts";
import type { Arm, Study } from "./study.ts";

/** What both algorithms with a Challenger are given. */
const selfPlay = ["challenger.max_tokens=8"];

function lspZero(alpha: string, ...settings: string[]): string[] {
  return ["algorithm.name=lsp-zero", `algorithm.alpha_challenger=${alpha}`, ...selfPlay, ...settings];
}

function lsp(scale: "1/7" | "2/7" | "1", alpha: string, ...settings: string[]): string[] {
  const value = { "1/7": "0.142857", "2/7": "0.285714", "1": "1" }[scale];
  const selfReward = `judge.self_reward.scale=${value}`;
  return ["algorithm.name=lsp", `algorithm.alpha_challenger=${alpha}`, selfReward, ...selfPlay, ...settings];
}

const long = "game.rounds=900";

const arms: readonly Arm[] = [
  { name: "grpo", about: "GRPO on queries from the task", settings: ["algorithm.name=grpo"] },
  { name: "zero", about: "LSP-Zero, α 0.25", settings: lspZero("0.25") },
  { name: "lsp", about: "LSP, seven criteria, scale 2/7, α 0.25", settings: lsp("2/7", "0.25") },

  { name: "lsp-form", about: "LSP, R_Q by form alone", settings: lsp("2/7", "0.25", "judge.self_reward.kind=form") },
  {
    name: "lsp-likelihood",
    about: "LSP, R_Q by the reference's likelihood",
    settings: lsp("2/7", "0.25", "judge.self_reward.kind=likelihood"),
  },

  { name: "zero-a1", about: "LSP-Zero, α 1", settings: lspZero("1") },
  { name: "lsp-s1of7", about: "LSP, scale 1/7, α 0.25", settings: lsp("1/7", "0.25") },
  { name: "lsp-s1", about: "LSP, scale 1, α 0.25", settings: lsp("1", "0.25") },
  { name: "lsp-s1of7-a1", about: "LSP, scale 1/7, α 1", settings: lsp("1/7", "1") },
  { name: "lsp-s2of7-a1", about: "LSP, scale 2/7, α 1", settings: lsp("2/7", "1") },
  { name: "lsp-s1-a1", about: "LSP, scale 1, α 1", settings: lsp("1", "1") },

  {
    name: "zero-penalise",
    about: "LSP-Zero, rejected queries penalised",
    settings: lspZero("0.25", "admission.on_reject=penalise"),
  },
  {
    name: "zero-off",
    about: "LSP-Zero, everything answered",
    settings: lspZero("0.25", "admission.on_reject=off"),
  },
  {
    name: "lsp-penalise",
    about: "LSP, rejected queries penalised",
    settings: lsp("2/7", "0.25", "admission.on_reject=penalise"),
  },
  { name: "lsp-off", about: "LSP, everything answered", settings: lsp("2/7", "0.25", "admission.on_reject=off") },

  { name: "zero-long", about: "LSP-Zero, 900 rounds", settings: lspZero("0.25", long), seeds: 1 },
  { name: "lsp-long", about: "LSP, 900 rounds", settings: lsp("2/7", "0.25", long), seeds: 1 },
];

/**
 * Does Language Self-Play need its self-reward (arXiv 2509.07414)? On nano's additions, where a laptop can play the game
 * often enough to see. The design is in docs/study/lsp-vs-zero.md, and was written before any of these runs.
 */
export const lspVsZero: Study = {
  name: "lsp-vs-zero",
  about: "Does Language Self-Play need its self-reward?",
  base: [
    "model.path=builtin:nano",
    "engine.threads=1",
    "game.task=addition",
    "game.queries=32",
    "game.answers=8",
    "game.rounds=300",
    "solver.max_tokens=5",
    "optimizer.lr=1e-4",
    "optimizer.warmup_rounds=20",
    "eval.every=25",
    "checkpoints.every=100",
  ],
  seeds: [1, 2, 3],
  arms,
  groups: [
    {
      title: "Algorithms",
      file: "algorithms",
      question: "Does the model get better without data, and does it need the self-reward for that?",
      arms: ["grpo", "zero", "lsp"],
    },
    {
      title: "What the self-reward knows",
      file: "self-reward",
      question: "Does it matter what the self-reward sees: form, likelihood, or whether the answer is right?",
      arms: ["zero", "lsp", "lsp-form", "lsp-likelihood"],
    },
    {
      title: "Scale and α",
      file: "scale",
      question: "How wide is the window of scale × α in which the game stays healthy?",
      arms: ["zero", "lsp-s1of7", "lsp", "lsp-s1", "zero-a1", "lsp-s1of7-a1", "lsp-s2of7-a1", "lsp-s1-a1"],
    },
    {
      title: "Admission",
      file: "admission",
      question: "What does it change if invalid queries are dropped, penalised or answered?",
      arms: ["zero", "zero-penalise", "zero-off", "lsp", "lsp-penalise", "lsp-off"],
    },
    {
      title: "Three times the length",
      file: "length",
      question: "Does it last?",
      arms: ["zero", "zero-long", "lsp", "lsp-long"],
    },
  ],
  instrument: selfPlayInstrument,
};
