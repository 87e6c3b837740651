import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { schemaAt } from "../../../daemon/config/json-schema.ts";
import { noDaemon, sparring } from "./fake-cli.ts";

let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "sparring-loss-"));
});
after(() => rmSync(folder, { recursive: true }));

/** `sparring loss` of a file with this content, without a daemon. */
function loss(content: unknown, ...options: string[]): ReturnType<typeof sparring> {
  const file = join(folder, "x.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  const connect = async (): Promise<never> => {
    throw noDaemon();
  };
  return sparring(["loss", file, ...options], { cli: { connect }, columns: 200 });
}

const pair = { chosen: { logp: -10, ref: -10.5 }, rejected: { logp: -12, ref: -11.8 } };

describe("loss", () => {
  test("prints the numbers of losses.json for the example", async () => {
    const { losses } = JSON.parse(readFileSync("test/fixtures/losses.json", "utf8"));
    const expected = losses["spac_outer_eta0.1_lam1"];
    const { code, stdout } = await sparring(["loss", "examples/spac.loss.json"], { columns: 80 });
    assert.equal(code, 0);
    const rows = stdout.split("\n").filter((line) => /^ {2,3}[ \d] {2}\w/.test(line));
    assert.deepEqual(
      rows.map((row) => Number(row.split(/\s+/).at(/^ +\d/.test(row) ? -2 : -1))),
      expected.coef.flat(),
    );
    assert.deepEqual(
      rows.filter((row) => /^ +\d/.test(row)).map((row) => Number(row.split(/\s+/).at(-1))),
      expected.loss,
    );
    assert.match(stdout, /^Self-Play with Adversarial Critic \(SPAC\).*\n/);
    assert.match(stdout, /\nimitation\/loss +1\.416161\n/);
    for (const line of stdout.split("\n")) assert.ok(line.length <= 80, line);
  });

  test("sums a list, and fills in defaults", async () => {
    const lists = { chosen: { logp: [-4, -6], ref: [-4.5, -6] }, rejected: { logp: -12, ref: -11.8 } };
    const { stdout } = await loss({ algorithm: "dpo", units: [lists] }, "--json");
    const answer = JSON.parse(stdout);
    assert.deepEqual(answer.settings, { beta: 0.1 });
    assert.ok(Math.abs(answer.units[0].loss - 0.65876) < 1e-6);
    const { chosen, rejected } = answer.units[0].responses;
    assert.equal(chosen.logRatio, 0.5);
    assert.ok(Math.abs(chosen.coefficient + 0.04825) < 1e-6 && chosen.coefficient === -rejected.coefficient);
  });

  test("takes from a unit what the algorithm needs, and the settings of its name", async () => {
    const more = { ...pair, generated: { logp: -1, ref: -1 } };
    const settings = { tau: 1, length_average: false };
    const { stdout } = await loss({ algorithm: "ipo", settings, units: [more] }, "--json");
    const answer = JSON.parse(stdout);
    assert.deepEqual(Object.keys(answer.units[0].responses), ["chosen", "rejected"]);
    assert.deepEqual(answer.settings, settings);
    assert.ok(Math.abs(answer.loss - 0.04) < 1e-12);
  });

  test("a pair of the same response has no gradient with SPIN, and says so", async () => {
    const one = { logp: -3, ref: -2 };
    const units = [{ real: one, generated: one, identical: true }];
    const { stdout } = await loss({ algorithm: "spin", units });
    assert.match(stdout, /Without gradient, because the first two responses are the same: 1\./);
    assert.equal(JSON.parse((await loss({ algorithm: "spin", units }, "--json")).stdout).units[0].skipped, true);
    assert.equal(JSON.parse((await loss({ algorithm: "spif", units }, "--json")).stdout).units[0].skipped, false);
  });

  test("SFT needs no reference, and divides by tokens", async () => {
    const units = [{ real: { logp: -3, tokens: 3 } }, { real: { logp: [-1] } }];
    const { stdout } = await loss({ algorithm: "sft", units }, "--json");
    const { loss: mean, denominator, units: answers } = JSON.parse(stdout);
    assert.deepEqual([mean, denominator, answers[0].responses.real.coefficient], [1, 4, -0.25]);
    assert.equal(answers[0].responses.real.logRatio, null);
    const table = await loss({ algorithm: "sft", units });
    assert.match(table.stdout, /0 {2}real +-3\.000000 +– +– +-0\.250000 +3\.000000/);
  });
});

describe("loss of a round", () => {
  const response = { logp: -5, ref: -5.5 };
  const answers = [
    { ...response, reward: 1 },
    { ...response, reward: null },
    { logp: [-2, -1], ref: [-2, -2], reward: 0 },
  ];

  test("prints the numbers of losses.json for the example", async () => {
    const { lsp } = JSON.parse(readFileSync("test/fixtures/losses.json", "utf8")).lsp;
    const { code, stdout } = await sparring(["loss", "examples/lsp.loss.json"], { columns: 80 });
    assert.equal(code, 0);
    const rows = stdout.split("\n").filter((line) => /query {2}|answer \d/.test(line) && !/V_Q/.test(line));
    const columns = rows.map((row) => row.trim().split(/\s+/).slice(-2).map(Number));
    const expected = [0, 1].flatMap((i) => [
      [lsp.A_ch[i], lsp.coef_ch_k2[i]],
      ...[0, 1].map((j) => [lsp.A_sol[i][j], lsp.coef_sol_k2[i][j]]),
    ]);
    assert.deepEqual(columns, expected);
    for (const line of stdout.split("\n")) assert.ok(line.length <= 80, line);
  });
  test("takes queries from data with GRPO: no query's coefficient, unscored answers, notes", async () => {
    const { stdout } = await loss({ algorithm: "grpo", settings: { beta: 0 }, queries: [{ answers }] }, "--json");
    const answer = JSON.parse(stdout);
    assert.deepEqual(answer.settings, { beta: 0, normalization: "grpo", max_answer_tokens: 256 });
    const [{ V, VQ, query, answers: found }] = answer.queries;
    assert.deepEqual([V, VQ, query], [0.5, null, null]);
    const A = 0.5 / (Math.SQRT1_2 + 1e-4);
    const expected = [[-A / 3], [0], [A / 6, A / 6]];
    for (const [j, row] of expected.entries()) {
      const { coefficients } = found[j];
      assert.equal(coefficients.length, row.length);
      for (const [t, each] of row.entries()) assert.ok(Math.abs(coefficients[t] - each) < 1e-7);
    }
    assert.deepEqual(answer.notes, ["1 of 3 answers are unscored: out of their group's mean, with advantage 0"]);
    const table = await loss({ algorithm: "grpo", queries: [{ answers }] });
    assert.match(table.stdout, /answer 2 .* -?0\.\d{6} … 0\.\d{6}\n/);
    assert.match(table.stdout, /\nNote: 1 of 3 answers are unscored/);
  });
  test("has a config's defaults", async () => {
    const paths = {
      lsp: {
        beta: "kl.beta",
        kl_estimator: "kl.estimator",
        alpha_challenger: "algorithm.alpha_challenger",
        objective: "challenger.objective",
        self_reward_scale: "judge.self_reward.scale",
      },
      grpo: { beta: "kl.beta", normalization: "algorithm.normalization", max_answer_tokens: "solver.max_tokens" },
    };
    const query = { ...response, answers: answers.map((each) => ({ ...each, self_reward: 3 })) };
    for (const [algorithm, settings] of Object.entries(paths)) {
      const { stdout } = await loss({ algorithm, queries: [query, query] }, "--json");
      const expected = Object.entries(settings).map(([key, path]) => [key, schemaAt(path)!.default]);
      assert.deepEqual(JSON.parse(stdout).settings, Object.fromEntries(expected));
    }
  });
  const query = { ...response, answers };
  const wrong: [what: string, content: unknown, stderr: RegExp][] = [
    ["one query", { algorithm: "lsp-zero", queries: [query] }, /queries: found one, and the Challenger's advantage/],
    [
      "one answer",
      { algorithm: "grpo", queries: [{ answers: answers.slice(1, 2) }] },
      /queries\[0\]\.answers: found a/,
    ],
    [
      "groups that differ in size",
      { algorithm: "grpo", queries: [query, { answers: answers.slice(1) }] },
      /queries\[1\]\.answers: found 2, expected 3/,
    ],
    [
      "no self-reward",
      { algorithm: "lsp", queries: [query, query] },
      /queries\[0\]\.answers\[0\]\.self_reward: it is m/,
    ],
    ["no query", { algorithm: "lsp-zero", queries: [query, { answers }] }, /queries\[1\]\.logp: it is missing/],
    [
      "lists that don't match",
      { algorithm: "lsp-zero", queries: [query, { ...query, logp: [-1, -2] }] },
      /queries\[1\]: logp and ref tell of different numbers of tokens/,
    ],
    [
      "a token that is none",
      { algorithm: "lsp-zero", queries: [query, { ...query, logp: [-1, "x"] }] },
      /queries\[1\]\.logp\[1\]: found "x", expected a log-probability/,
    ],
  ];
  for (const [what, content, stderr] of wrong) {
    test(`refuses ${what}`, async () => {
      const found = await loss(content);
      assert.equal(found.code, 2);
      assert.match(found.stderr, stderr);
    });
  }
});

describe("a loss file that is wrong", () => {
  const dpo = (own: object): object => ({ algorithm: "dpo", units: [pair], ...own });
  const cases: [what: string, content: unknown, stderr: RegExp][] = [
    ["no JSON", "{", /x\.json: error: this is no JSON \(cli\/loss-file-json\)/],
    ["no object", "[]", /the file: /],
    ["an unknown algorithm", dpo({ algorithm: "dpoo" }), /algorithm: found "dpoo", expected one of sft, spin, /],
    ["no units", dpo({ units: [] }), /units: found a list, expected at least one unit/],
    [
      "an unknown key",
      dpo({ setings: {} }),
      /setings: nothing of this name is used here .*\n {2}Did you mean settings\?/,
    ],
    [
      "a setting of another algorithm",
      dpo({ settings: { c: 1 } }),
      /settings\.c: nothing of this name is used here .*\n {2}Remove it\./,
    ],
    ["a setting out of range", dpo({ settings: { beta: 0 } }), /settings\.beta: found 0, expected a number above 0/],
    ["a setting of the wrong kind", dpo({ settings: { beta: "1" } }), /settings\.beta: found "1", expected a number/],
    ["a missing response", dpo({ units: [pair, { chosen: pair.chosen }] }), /units\[1\]\.rejected: found nothing, exp/],
    [
      "a probability above 1",
      dpo({ units: [{ ...pair, chosen: { logp: 0.5, ref: -1 } }] }),
      /units\[0\]\.chosen\.logp: found 0\.5, expected a log-probability, which is at most 0/,
    ],
    ["no reference", dpo({ units: [{ ...pair, chosen: { logp: -1 } }] }), /units\[0\]\.chosen\.ref: it is missing/],
    [
      "lists that don't match",
      dpo({ units: [{ ...pair, chosen: { logp: [-1, -1], ref: [-1] } }] }),
      /units\[0\]\.chosen: logp, ref and tokens tell of different numbers of tokens/,
    ],
    [
      "IPO without lengths",
      { algorithm: "ipo", units: [pair] },
      /units\[0\]\.chosen\.tokens: it is missing, and ipo divides by it/,
    ],
    [
      "identical responses that differ",
      dpo({ units: [{ ...pair, identical: true }] }),
      /units\[0\]\.identical: the first two responses have different log-probabilities/,
    ],
  ];
  for (const [what, content, stderr] of cases) {
    test(`${what}: is refused, with its place`, async () => {
      const found = await loss(content);
      assert.equal(found.code, 2);
      assert.match(found.stderr, stderr);
    });
  }
  test("no file", async () => {
    const { code, stderr } = await sparring(["loss", join(folder, "none.json")], { columns: 200 });
    assert.equal(code, 2);
    assert.match(stderr, /the file can't be read \(ENOENT\) \(cli\/loss-file-unreadable\)/);
  });
});
