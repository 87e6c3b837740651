import type { CallOptions } from "../../engine/engine.ts";
import { AbortedError } from "../../errors.ts";
import { type Ask, type Question, type Reply, rubricReward, selfReward } from "../rubric/self-reward.ts";
import type { Scorer } from "../scorer.ts";
import { type Attempt, attempt } from "./attempt.ts";
import { Pace, pause } from "./pace.ts";
import { withoutControlTokens } from "./plain-text.ts";

/** A chat-completions server as judge, and how gently it is asked. */
export interface EndpointSettings {
  /** As of OpenAI's clients, e.g. `http://127.0.0.1:8000/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  readonly temperature: number;
  /** Longest reply. */
  readonly maxTokens: number;
  /** Requests under way at once, at most. */
  readonly concurrency: number;
  readonly requestsPerMinute: number | undefined;
  readonly timeoutMs: number;
  /** Further attempts after one that failed. */
  readonly retries: number;
  /** Wait before the first further attempt, at most; each doubles it. 1000 where it is not given. */
  readonly backOffMs?: number;
  /** Passes where texts may be sent to the server; asked before each batch, and before its key is. @throws SparringError */
  readonly mayAsk: () => Promise<void>;
  /** The key for the server, asked for anew by each batch; undefined where it needs none. @throws SparringError */
  readonly key: () => string | undefined;
}

/** A server that asks for a longer wait is not waited for. */
const longestWaitMs = 300_000;
const longestBackOffMs = 30_000;

/** What the server was asked, counted since it was last looked at. */
export interface EndpointCounts {
  requests: number;
  retries: number;
  promptTokens: number;
  completionTokens: number;
}

/** A model behind an OpenAI-compatible server, as one that answers judges' questions. */
export interface EndpointJudge {
  readonly name: string;
  readonly ask: Ask;
  /** Requests and tokens since this was last asked, whoever they were for. */
  figures(): Readonly<Record<string, number>>;
}

/** A server as judge. What fails after all attempts has its reason in place of a reply. */
export function endpointJudge(settings: EndpointSettings): EndpointJudge {
  const counts = { requests: 0, retries: 0, promptTokens: 0, completionTokens: 0 };
  return { name: `endpoint:${settings.model}`, ask: askEndpoint(settings, counts), figures: () => taken(counts) };
}

/** R_Q(q, a) in [0, 7] by a model behind a server: the rubric of seven criteria, in words. */
export function endpointRubric({ name, ask, figures }: EndpointJudge): Scorer {
  return { ...selfReward(ask), name, figures };
}

/** R(q, a) in [0, 1] by a model behind a server: the rubric of seven criteria, divided by 7. */
export function endpointReward(judge: EndpointJudge): Scorer {
  const { name, figures } = judge;
  return { ...rubricReward(endpointRubric(judge)), name, figures };
}

function taken(counts: EndpointCounts): Record<string, number> {
  const { requests, retries, promptTokens, completionTokens } = counts;
  Object.assign(counts, { requests: 0, retries: 0, promptTokens: 0, completionTokens: 0 });
  return {
    "judge/endpoint/requests": requests,
    "judge/endpoint/retries": retries,
    "judge/endpoint/prompt_tokens": promptTokens,
    "judge/endpoint/completion_tokens": completionTokens,
  };
}

/** Asks a server, several questions at once; every question gets a reply or a reason. */
export function askEndpoint(settings: EndpointSettings, counts: EndpointCounts): Ask {
  const pace = new Pace(settings.requestsPerMinute);
  const url = `${settings.baseUrl.replace(/\/+$/, "")}/chat/completions`;
  let limitName: "max_tokens" | "max_completion_tokens" = "max_tokens";

  async function once(messages: Question["messages"], key: string | undefined, signal: AbortSignal): Promise<Attempt> {
    const { model, temperature, maxTokens, timeoutMs } = settings;
    await pace.turn(signal);
    counts.requests++;
    return attempt({ url, model, messages, temperature, maxTokens, limitName, key, timeoutMs }, signal);
  }

  async function answer(question: Question, key: string | undefined, signal: AbortSignal): Promise<Reply> {
    const messages = question.messages.map((each) => ({ ...each, content: withoutControlTokens(each.content) }));
    let tries = 1;
    for (;;) {
      const result = await once(messages, key, signal);
      if (result.is === "other-limit-name") {
        limitName = "max_completion_tokens";
        continue;
      }
      if (result.is === "final") return { text: null, reason: result.why };
      if (result.is === "reply") {
        counts.promptTokens += result.usage.promptTokens;
        counts.completionTokens += result.usage.completionTokens;
        return { text: result.text, stop: result.stop };
      }
      const { why, afterMs = 0 } = result;
      if (afterMs > longestWaitMs) {
        return { text: null, reason: `${why} and asks to wait ${Math.round(afterMs / 1000)} s` };
      }
      if (tries > settings.retries) return { text: null, reason: `${why}, after ${tries} attempts` };
      counts.retries++;
      // What one is told holds for all: the server counts them together.
      pace.hold(afterMs);
      const longest = Math.min(longestBackOffMs, (settings.backOffMs ?? 1000) * 2 ** (tries - 1));
      await pause(Math.random() * longest, signal);
      tries++;
    }
  }

  return async (questions, { signal, onProgress }: CallOptions) => {
    if (questions.length === 0) return [];
    await settings.mayAsk();
    const key = settings.key();
    let done = 0;
    return inParallel(questions, settings.concurrency, signal, async (question, ours) => {
      const reply = await answer(question, key, ours);
      onProgress?.(++done, questions.length);
      return reply;
    });
  };
}

/** Results in the items' order, so many at once; the first that throws, or the caller's signal, ends all others. */
async function inParallel<T, R>(
  items: readonly T[],
  concurrency: number,
  signal: AbortSignal | undefined,
  work: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  if (signal?.aborted) throw new AbortedError("score");
  const ours = new AbortController();
  const stop = (): void => ours.abort(new AbortedError("score"));
  signal?.addEventListener("abort", stop, { once: true });
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]!, ours.signal);
    }
  };
  try {
    const workers = Array.from({ length: Math.min(concurrency, items.length) }, worker);
    await Promise.all(workers).catch(async (error) => {
      stop();
      await Promise.allSettled(workers);
      throw error;
    });
  } finally {
    signal?.removeEventListener("abort", stop);
  }
  return results;
}
