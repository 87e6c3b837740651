import type { Config } from "../../config/schema.ts";
import { type ImitationAlgorithm, regenerates } from "../../selfplay/imitation.ts";
import type { ImitationSettings } from "../../selfplay/imitation-settings.ts";
import type { IterationPlan } from "./iterations.ts";

/** The part of a config that the losses read in an iteration, under their names. */
export function settingsAt({ imitation, algorithm }: Config, iteration: number): ImitationSettings {
  const { beta, c, eta, lambda, smoothing, against, tau, length_average: lengthAverage } = imitation;
  return {
    beta: valueAt(beta, iteration),
    c,
    eta: valueAt(eta, iteration),
    lambda,
    smoothing,
    against,
    tau,
    lengthAverage,
    maskTruncated: algorithm.mask_truncated,
  };
}

/** The learning rate that an iteration's schedule starts from. */
export function lrAt({ imitation, optimizer }: Config, iteration: number): number {
  return imitation.lr === undefined ? optimizer.lr : valueAt(imitation.lr, iteration);
}

/** What a config says of iterations. An algorithm without opponents has one. */
export function planOf({ game, imitation }: Config, algorithm: ImitationAlgorithm): IterationPlan {
  const isIterated = regenerates(algorithm);
  const { accuracy, window } = imitation.early_stop;
  return {
    rounds: game.rounds,
    iterations: isIterated ? imitation.iterations : 1,
    early: isIterated && accuracy !== undefined ? { accuracy, window } : undefined,
  };
}

/** Into how many parts the data are divided, of which every iteration sees one; SPAC's paper has one for each. */
export function partsOf(config: Config, algorithm: ImitationAlgorithm): number {
  const split = config.imitation.split ?? (algorithm.name === "spac" ? "parts" : "whole");
  return split === "parts" ? planOf(config, algorithm).iterations : 1;
}

function valueAt(value: number | readonly number[], iteration: number): number {
  return typeof value === "number" ? value : value[Math.min(iteration, value.length) - 1]!;
}
