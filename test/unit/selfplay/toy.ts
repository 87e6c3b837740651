import type { ImitationAlgorithm } from "../../../daemon/selfplay/imitation.ts";
import type { ImitationSettings } from "../../../daemon/selfplay/imitation-settings.ts";

/** softmax of (a, b, 0). */
function softmax([a, b]: readonly number[]): number[] {
  const highest = Math.max(a, b, 0);
  const weights = [a, b, 0].map((logit) => Math.exp(logit - highest));
  const sum = weights.reduce((total, weight) => total + weight);
  return weights.map((weight) => weight / sum);
}

/** Half of Σ |p − q|. */
export function totalVariation(p: readonly number[], q: readonly number[]): number {
  return p.reduce((sum, value, i) => sum + Math.abs(value - q[i]), 0) / 2;
}

/**
 * The policy at which E over y ~ data, y′ ~ opponent of an algorithm's loss on real and generated responses is stationary,
 * found from the opponent by Newton's method on its two free logits. The gradient is made of the algorithm's coefficients.
 */
export function toyIteration(
  algorithm: ImitationAlgorithm,
  settings: ImitationSettings,
  data: readonly number[],
  opponent: readonly number[],
): number[] {
  /** dL/dlogit: each response adds coef·(1[logit is its own] − π). */
  const gradient = (logits: readonly number[]): number[] => {
    const policy = softmax(logits);
    const measured = policy.map((p, y) => ({ logp: Math.log(p), ref: Math.log(opponent[y]), tokens: 1 }));
    const total = [0, 0];
    for (const [y, p] of data.entries()) {
      for (const [other, q] of opponent.entries()) {
        const { coefficient_R } = algorithm.loss([measured[y], measured[other]], settings);
        for (const k of [0, 1]) {
          const pull =
            coefficient_R[0] * (Number(y === k) - policy[k]) + coefficient_R[1] * (Number(other === k) - policy[k]);
          total[k] += p * q * pull;
        }
      }
    }
    return total;
  };
  return softmax(
    root(
      gradient,
      [0, 1].map((k) => Math.log(opponent[k] / opponent[2])),
    ),
  );
}

/** Where a function of two numbers is (0, 0): damped Newton, Jacobian by central differences. */
function root(f: (x: readonly number[]) => number[], start: readonly number[]): number[] {
  const size = ([a, b]: readonly number[]): number => Math.hypot(a, b);
  let x = [...start];
  for (let i = 0; i < 200 && size(f(x)) > 1e-13; i++) {
    const h = 1e-5;
    const [left, right] = [0, 1].map((k) => {
      const at = (by: number): number[] => f(x.map((value, j) => (j === k ? value + by : value)));
      const [above, below] = [at(h), at(-h)];
      return above.map((value, j) => (value - below[j]) / (2 * h));
    });
    const [a, b] = f(x);
    const determinant = left[0] * right[1] - right[0] * left[1];
    const step = [(a * right[1] - b * right[0]) / determinant, (b * left[0] - a * left[1]) / determinant];
    let scale = 1;
    const moved = (): number[] => x.map((value, k) => value - scale * step[k]);
    while (scale > 1e-6 && !(size(f(moved())) < size(f(x)))) scale /= 2;
    x = moved();
  }
  return x;
}
