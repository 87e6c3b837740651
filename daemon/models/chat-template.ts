import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Template } from "@huggingface/jinja";
import { z } from "zod";
import { SparringError } from "../errors.ts";
import { readJson } from "./json.ts";

/** A message of a chat. Which roles there are is the template's business. */
export interface ChatMessage {
  readonly role: string;
  readonly content: string;
}

/** A model folder's chat template: renders messages as the text that the model was trained on. */
export interface ChatTemplate {
  /**
   * The messages and, unless `opensAnswer` is false, the opening of the assistant's turn, control tokens written as text.
   * @throws SparringError `model/chat-template` where the template refuses these messages
   */
  render(messages: readonly ChatMessage[], opensAnswer?: boolean): string;
  /** The text of the token that ends a turn, if the folder names it. */
  readonly eosToken: string | undefined;
}

/** A special token is written as its text, or as an object with its flags. */
const tokenSchema = z
  .union([z.string(), z.looseObject({ content: z.string() })])
  .nullish()
  .transform((token) => (typeof token === "object" ? token?.content : token));

const specialTokensSchema = z.object({
  bos_token: tokenSchema,
  eos_token: tokenSchema,
  pad_token: tokenSchema,
  unk_token: tokenSchema,
});

const tokenizerConfigSchema = specialTokensSchema.extend({
  chat_template: z.union([z.string(), z.array(z.object({ name: z.string(), template: z.string() }))]).nullish(),
});

/**
 * Reads the template of a model folder: `chat_template.jinja` if there is one (as transformers prefers it), else the
 * `chat_template` of tokenizer_config.json, the one named "default" of several. Special tokens that older folders don't
 * name there are in special_tokens_map.json.
 * @throws SparringError `model/no-chat-template`, `model/chat-template` where it is not valid Jinja, `model/invalid-json`
 */
export async function readChatTemplate(dir: string): Promise<ChatTemplate> {
  const configPath = join(dir, "tokenizer_config.json");
  const config = existsSync(configPath) ? await readJson(configPath, tokenizerConfigSchema) : undefined;
  const mapPath = join(dir, "special_tokens_map.json");
  const map = existsSync(mapPath) ? await readJson(mapPath, specialTokensSchema) : undefined;
  const textOf = (token: keyof z.infer<typeof specialTokensSchema>): string | undefined =>
    config?.[token] ?? map?.[token] ?? undefined;
  const jinjaPath = join(dir, "chat_template.jinja");
  const inConfig = config?.chat_template;
  const place = existsSync(jinjaPath) ? jinjaPath : configPath;
  const source =
    place === jinjaPath
      ? await readFile(jinjaPath, "utf8")
      : Array.isArray(inConfig)
        ? inConfig.find(({ name }) => name === "default")?.template
        : inConfig;
  if (source == null) {
    throw new SparringError(
      "model/no-chat-template",
      "the model has no chat template, so it can't be told who speaks",
      "Use the model's instruction-tuned version, or add a chat_template.jinja to its folder.",
      { place: dir },
    );
  }
  const template = attempt(place, "is not valid Jinja", () => new Template(source));
  const variables = {
    bos_token: textOf("bos_token") ?? "",
    eos_token: textOf("eos_token") ?? "",
    pad_token: textOf("pad_token") ?? "",
    unk_token: textOf("unk_token") ?? "",
    // Llama 3 templates print today's date unless given one: a run resumed tomorrow would have other prompts.
    date_string: "26 Jul 2024",
  };
  return {
    eosToken: textOf("eos_token"),
    render: (messages, opensAnswer = true) =>
      attempt(place, "refuses these messages", () =>
        template.render({ ...variables, add_generation_prompt: opensAnswer, messages }),
      ),
  };
}

function attempt<T>(place: string, what: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new SparringError(
      "model/chat-template",
      `the chat template ${what}: ${(cause as Error).message}`,
      "Correct the template, or use a model whose template knows these roles.",
      { place, cause },
    );
  }
}
