import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { SparringError } from "../../errors.ts";

/** Where the hub is, who asks, and where its files are kept. */
export interface HubSettings {
  /** Without a slash at its end. */
  readonly endpoint: string;
  /** Root of the cache, in the layout of Python's huggingface_hub. */
  readonly cacheDir: string;
  /** Sent to the endpoint's origin, and to nobody else. */
  readonly token: string | undefined;
  /** Only the cache is used. */
  readonly offline: boolean;
  /** The pause before the first retry, ms; it doubles with each. */
  readonly backOffMs: number;
  /** A connection on which nothing comes for so long is given up, ms. */
  readonly silenceMs: number;
}

/**
 * The settings by the environment variables of Python's huggingface_hub, with its defaults: HF_ENDPOINT, HF_HUB_CACHE,
 * HF_HOME, XDG_CACHE_HOME, HF_TOKEN, HF_TOKEN_PATH, HF_HUB_OFFLINE, and its older names for them. Proxies
 * (HTTPS_PROXY) are not supported: Node's fetch doesn't use them.
 * @throws SparringError `model/hub-bad-endpoint`, `model/hub-bad-token`
 */
export async function hubSettings(env: NodeJS.ProcessEnv = process.env): Promise<HubSettings> {
  const home = expand(env.HF_HOME || join(env.XDG_CACHE_HOME || "~/.cache", "huggingface"));
  return {
    endpoint: readEndpoint(env.HF_ENDPOINT || "https://huggingface.co"),
    cacheDir: expand(env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(home, "hub")),
    token: await readToken(env, expand(env.HF_TOKEN_PATH || join(home, "token"))),
    offline: /^(1|on|yes|true)$/i.test(env.HF_HUB_OFFLINE || env.TRANSFORMERS_OFFLINE || ""),
    backOffMs: 500,
    silenceMs: 60_000,
  };
}

function expand(path: string): string {
  return path.replace(/^~(?=$|\/)/, homedir());
}

function readEndpoint(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/+$/, "");
  throw new SparringError(
    "model/hub-bad-endpoint",
    `HF_ENDPOINT is not the address of a server: "${text}"`,
    "Set it to an address such as https://huggingface.co, or unset it.",
  );
}

async function readToken(env: NodeJS.ProcessEnv, file: string): Promise<string | undefined> {
  const inEnv = env.HF_TOKEN || env.HUGGING_FACE_HUB_TOKEN;
  const token = (inEnv ?? (existsSync(file) ? await readFile(file, "utf8") : "")).trim();
  if (token === "") return undefined;
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new SparringError(
    "model/hub-bad-token",
    "the token for the Hugging Face hub has characters that no token has",
    "Copy it again from the hub's settings, without spaces or quotes.",
    { place: inEnv === undefined ? file : "HF_TOKEN" },
  );
}
