import { ChatTokenizer } from "../../../daemon/models/tokenizer.ts";
import { missing as missingModel, modelFolder } from "../../parity/reference.ts";
import { agreement } from "./agreement.ts";
import { missing } from "./python.ts";

const questions = [
  "What is the capital of France?",
  "Name three uses of a brick.",
  "Write a sentence about the sea, and say what is good about it.",
  "If a train leaves at nine and takes two hours and a half, when does it arrive?",
];

agreement("SmolLM2-135M-Instruct", {
  dir: async () => modelFolder("smollm2"),
  async prompts(_, dir) {
    const tokenizer = await ChatTokenizer.load(dir);
    return questions.map((content) => [...tokenizer.renderPrompt([{ role: "user", content }])]);
  },
  answers: 2,
  full: false,
  skip: missing || missingModel("smollm2"),
});
