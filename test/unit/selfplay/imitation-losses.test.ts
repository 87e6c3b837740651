import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { dpo } from "../../../daemon/selfplay/algorithms/dpo.ts";
import { ipo } from "../../../daemon/selfplay/algorithms/ipo.ts";
import { spac } from "../../../daemon/selfplay/algorithms/spac.ts";
import { spif } from "../../../daemon/selfplay/algorithms/spif.ts";
import { spin } from "../../../daemon/selfplay/algorithms/spin.ts";
import { type ImitationAlgorithm, logRatio } from "../../../daemon/selfplay/imitation.ts";
import {
  type ImitationSettings,
  imitationDefaults,
  type Smoothing,
} from "../../../daemon/selfplay/imitation-settings.ts";
import { assertClose } from "./close.ts";

type Rows = number[][];

interface Losses {
  pairs: { logp: Rows; ref_logp: Rows; lengths: Rows; delta: Rows };
  losses: Record<
    string,
    { loss?: number[]; loss_nonneg_form?: number[]; loss_variational_form?: number[]; coef: Rows }
  >;
}

const { pairs, losses } = JSON.parse(readFileSync("test/fixtures/losses.json", "utf8")) as Losses;

/** Six printed decimals. */
const printed = 0.5e-6 + 1e-12;

/** Columns of the file. */
const columns: Readonly<Record<string, number>> = { real: 0, chosen: 0, rejected: 1, generated: 2 };

/** The algorithm and settings that a key of the file names, as in `spac_outer_eta0.1_lam1`. */
function named(key: string): { algorithm: ImitationAlgorithm; settings: ImitationSettings } {
  const number = (name: string): number => Number(new RegExp(`_${name}([\\d.]+)`).exec(key)![1]);
  const settings = (own: Partial<ImitationSettings>): ImitationSettings => ({ ...imitationDefaults, ...own });
  const [kind, form] = key.split("_");
  switch (kind) {
    case "dpo":
      return { algorithm: dpo, settings: settings({ beta: number("beta") }) };
    case "spin":
      return { algorithm: spin, settings: settings({ beta: number("beta") }) };
    case "chi2":
      return { algorithm: spif, settings: settings({ beta: number("beta"), c: number("c") }) };
    case "ipo":
      return { algorithm: ipo, settings: settings({ tau: number("tau"), lengthAverage: form === "avg" }) };
    case "spac":
      return {
        algorithm: spac,
        settings: settings({ eta: number("eta"), lambda: number("lam"), smoothing: form as Smoothing }),
      };
    default:
      throw new Error(`losses.json has ${key}, which no algorithm is known for`);
  }
}

describe("losses.json, imitation", () => {
  const units = pairs.logp.map((row, u) =>
    row.map((logp, i) => ({ logp, ref: pairs.ref_logp[u][i], tokens: pairs.lengths[u][i] })),
  );

  test("D", () =>
    assertClose(
      units.map((row) => row.map(logRatio)),
      pairs.delta,
      1e-12,
      "delta",
    ));

  test("is all here", () => assert.equal(Object.keys(losses).length, 18));

  for (const [key, expected] of Object.entries(losses)) {
    test(key, () => {
      const { algorithm, settings } = named(key);
      const found = units.map((row) =>
        algorithm.loss(
          algorithm.roles.map((role) => row[columns[role]]),
          settings,
        ),
      );
      const loss = found.map((unit) => unit.loss);
      assertClose(loss, expected.loss ?? expected.loss_nonneg_form, printed, "loss");
      const constant = 1 / settings.c;
      const variational = loss.map((each) => each - constant);
      if (algorithm === spif) assertClose(variational, expected.loss_variational_form, printed, "variational");
      // The file's coefficients are those of the mean over its two prompts, with zeros for columns that are not used.
      const coefficients = found.map(({ coefficient_R }) => {
        const row = [0, 0, 0];
        for (const [r, role] of algorithm.roles.entries()) row[columns[role]] = coefficient_R[r] / found.length;
        return row;
      });
      assertClose(coefficients, expected.coef, printed, "coef");
    });
  }
});
