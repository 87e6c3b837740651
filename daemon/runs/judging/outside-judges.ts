import type { Config } from "../../config/schema.ts";
import { Classifier } from "../../engine/classifier/classifier.ts";
import { type EndpointJudge, endpointJudge } from "../../judge/endpoint/endpoint.ts";
import { keyOf } from "../../judge/endpoint/key.ts";
import { rewardModel } from "../../judge/reward-model.ts";
import type { Scorer } from "../../judge/scorer.ts";
import { readClassifierConfig } from "../../models/classifier-config.ts";
import { resolveRewardModel } from "../../models/reward-model-folder.ts";
import { rewardReader } from "../../models/reward-reader.ts";
import type { MayAsk } from "./agreed-servers.ts";

/** The key that was given for the origin of an address, if one was. */
export type KeyFor = (url: string) => string | undefined;

/** A judge's settings, of a config in which it is asked. */
type JudgeSettings = Pick<Config, "judge" | "engine">;

/**
 * Refuses a config whose reward model is not there, without reading it.
 * @throws SparringError as `resolveRewardModel`
 */
export function requireJudges({ judge: { reward, model, ensemble } }: Pick<Config, "judge">): void {
  if (reward.kind === "model" || (reward.kind === "ensemble" && ensemble.model.weight > 0)) {
    resolveRewardModel(model.path);
  }
}

/**
 * The judges of a session that are not the model that it trains: a reward model in its own process, and a server. Each is made at
 * first use, and is the same for training and for whoever asks meanwhile.
 */
export class OutsideJudges {
  readonly #config: JudgeSettings;
  readonly #keyFor: KeyFor;
  readonly #mayAsk: MayAsk;
  #rewardModel: OpenRewardModel | undefined;
  #endpoint: EndpointJudge | undefined;

  /** @param mayAsk left out, no server may be asked: of a session that nobody scores with */
  constructor(config: JudgeSettings, keyFor: KeyFor = () => undefined, mayAsk: MayAsk = nobodyMayAsk) {
    this.#config = config;
    this.#keyFor = keyFor;
    this.#mayAsk = mayAsk;
  }

  /** The reward model of `judge.model`; its files are read when it first scores. */
  rewardModel(): Scorer {
    this.#rewardModel ??= new OpenRewardModel(this.#config);
    return this.#rewardModel;
  }

  /** The server of `judge.endpoint`; nothing is sent before it is first asked, and nothing without the user's agreement. */
  endpoint(): EndpointJudge {
    const { url, model, key_env: variable, ...settings } = this.#config.judge.endpoint;
    // A config that asks the server has both: cross.ts.
    const baseUrl = url!;
    this.#endpoint ??= endpointJudge({
      baseUrl,
      model: model!,
      temperature: settings.temperature,
      maxTokens: settings.max_tokens,
      concurrency: settings.concurrency,
      requestsPerMinute: settings.requests_per_minute,
      timeoutMs: 1000 * settings.timeout_seconds,
      retries: settings.retries,
      mayAsk: () => this.#mayAsk(new URL(baseUrl).origin),
      key: () => keyOf({ baseUrl, variable, keyFor: this.#keyFor }, process.env),
    });
    return this.#endpoint;
  }

  /** Ends the reward model's process. */
  async close(): Promise<void> {
    await this.#rewardModel?.close();
  }
}

async function nobodyMayAsk(origin: string): Promise<void> {
  throw new Error(`this session sends nothing to ${origin}: it was opened without a run's agreement`);
}

/** A reward model that reads its folder, and starts its process, with the first pairs. */
class OpenRewardModel implements Scorer {
  readonly name: string;
  readonly range: readonly [number, number];
  readonly #config: JudgeSettings;
  #opened: Promise<Scorer> | undefined;
  #classifier: Classifier | undefined;

  constructor(config: JudgeSettings) {
    const { path, output } = config.judge.model;
    this.#config = config;
    this.name = `reward-model:${resolveRewardModel(path).name}`;
    this.range = output === "sigmoid" ? [0, 1] : [-Infinity, Infinity];
  }

  /** @throws SparringError as `readClassifierConfig`, `rewardReader` and `Classifier.classify` */
  async score(...[pairs, options]: Parameters<Scorer["score"]>): ReturnType<Scorer["score"]> {
    this.#opened ??= this.#open();
    return (await this.#opened).score(pairs, options);
  }

  async close(): Promise<void> {
    await this.#classifier?.close();
  }

  async #open(): Promise<Scorer> {
    const { judge, engine } = this.#config;
    const { dir, name } = resolveRewardModel(judge.model.path);
    const config = await readClassifierConfig(dir);
    const read = await rewardReader(dir, config);
    const classifier = new Classifier({ dir, padTokenId: config.padTokenId }, engine.threads);
    this.#classifier = classifier;
    const { maxTokens } = config;
    const classify: Classifier["classify"] = (texts, options) => classifier.classify(texts, options);
    return rewardModel({ name, read, maxTokens, classify }, judge.model.output);
  }
}
