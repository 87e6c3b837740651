/**
 * χ² self-play imitation (SPIF), after arXiv 2602.01357. Of that paper only a summary could be had: it gives self-play as
 * adversarial imitation and proposes a χ² objective with bounded rewards [summary]. **The formulas here are a
 * reconstruction in the manner of LS-IQ, with constants of our own [ours]**; they may differ from the authors'.
 *
 * With p the data, q = π_t, m = (p + q)/2 and c > 0, max_r E_p[r] − E_q[r] − c·E_m[r²] has the solution
 * r* = (p − q)/(c(p + q)), which lies in [−1/c, 1/c], and the value χ²(p‖m)/c. With the implicit reward r(y) = β·D(y) and the
 * square completed:
 *
 *     L = (c/2)·[ (r(y) − 1/c)² + (r(y′) + 1/c)² ]        y from the data, y′ ~ π_t, D = log π_θ − log π_t
 *     coef(y) = β(c·r(y) − 1)        coef(y′) = β(c·r(y′) + 1)
 *
 * The bound is soft: beyond it the gradient reverses. To clip r hard would take that restoring gradient away. Where y′ is y
 * the pair pulls back to π_t, so it is kept. L is cβ²/2 times `sppo_hard` of TRL at its β = cβ/2.
 */
import { type ImitationAlgorithm, logRatio } from "../imitation.ts";

export const spif: ImitationAlgorithm = {
  name: "spif",
  title: "χ² self-play imitation (SPIF), our reconstruction",
  roles: ["real", "generated"],
  reference: "opponent",
  mean: "units",
  skipsIdentical: false,
  uses: ["beta", "c"],
  loss: ([real, generated], { beta, c }) => {
    const r = beta * logRatio(real);
    const rGenerated = beta * logRatio(generated);
    return {
      loss: (c / 2) * ((r - 1 / c) ** 2 + (rGenerated + 1 / c) ** 2),
      coefficient_R: [beta * (c * r - 1), beta * (c * rGenerated + 1)],
    };
  },
  reward: (response, { beta }) => beta * logRatio(response),
  bound: ({ c }) => 1 / c,
};
