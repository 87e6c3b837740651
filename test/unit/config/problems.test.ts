import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { minimal, minimalGrpo, parse, problemOf, problemsOf } from "./helpers.ts";

/** [what is wrong, text after the minimal config, place, message, next step] */
type Case = [what: string, text: string, place: string, message: RegExp, next: RegExp];

function check(code: string, base: string, cases: readonly Case[]): void {
  describe(code, () => {
    for (const [what, text, place, message, next] of cases) {
      test(what, () => {
        const problem = problemOf(base + text);
        assert.equal(problem.code, code);
        assert.equal(problem.place, `a.sparring.yaml:${place}`);
        assert.match(problem.message, message);
        assert.match(problem.next, next);
      });
    }
  });
}

check("config/unknown-key", minimal, [
  ["misspelt", "optimizer:\n  bta1: 0.9\n", "8:3", /"optimizer.bta1"/, /^Did you mean optimizer.beta1\?$/],
  ["misspelt section", "optimiser:\n  lr: 1\n", "7:1", /"optimiser"/, /^Did you mean optimizer\?$/],
  ["swapped letters", "egnine: {}\n", "7:1", /"egnine"/, /^Did you mean engine\?$/],
  ["wrong section", "lr: 1e-4\n", "7:1", /"lr"/, /^Did you mean imitation.lr or optimizer.lr\?$/],
  ["adapter's key without an adapter", "rank: 8\n", "7:1", /"rank"/, /^Did you mean adapter.rank\?$/],
  [
    "in several sections",
    "temperature: 1\n",
    "7:1",
    /"temp/,
    /challenger.temperature or solver.temperature or judge.rubric.temperature or judge.endpoint.temperature or judge.pairwise.temperature or eval/,
  ],
  ["misspelt alias", "num_genertions: 8\n", "7:1", /"num_genertions"/, /^Did you mean game.answers\?$/],
  ["alias in a section", "kl: {learning_rate: 1}\n", "7:6", /"kl.learning/, /^Did you mean optimizer.lr\?$/],
  ["nothing near", "kl: {zzzzzzzz: 1}\n", "7:6", /"kl.zzz/, /The keys of kl are: beta, estimator\./],
  ["unknown inside unknown", "foo.bar.baz: 1\n", "7:1", /"foo.bar.baz"/, /sparring schema/],
  ["__proto__", "__proto__: {polluted: 1}\n", "7:1", /"__proto__"/, /Remove it/],
]);

check("config/refused-key", minimal, [
  ["report_to", "report_to: wandb\n", "7:1", /rounds.jsonl/, /Remove/],
  ["resume_from_checkpoint", "resume_from_checkpoint: x\n", "7:1", /command/, /sparring resume.*sparring fork/],
  ["top_p", "solver:\n  top_p: 0.9\n", "8:3", /biased/, /temperature/],
  ["top_k", "challenger: {top_k: 50}\n", "7:14", /biased/, /temperature/],
]);

check("config/wrong-type", minimal, [
  ["text for a number", "kl: {beta: much}\n", "7:12", /found "much", expected a number from 0/, /default \(0.05\)/],
  ["number in quotes", 'kl: {beta: "0.1"}\n', "7:12", /found "0.1"/, /^Write 0.1, without quotes\.$/],
  ["yes", "algorithm.mask_truncated: yes\n", "7:27", /found "yes", expected true or false/, /^Write true\.$/],
  ["fraction", "seed: 1.5\n", "7:7", /found 1.5, expected a whole number/, /default \(1\)/],
  ["not a number", "kl: {beta: .nan}\n", "7:12", /found NaN/, /default/],
  ["infinity", "optimizer: {lr: .inf}\n", "7:17", /found Infinity/, /Write a number above 0/],
  ["nothing", "seed:\n", "7:6", /found nothing/, /default/],
  ["a list", "seed: [1]\n", "7:7", /found a list/, /default/],
  ["a mapping", "seed: {a: 1}\n", "7:7", /found a mapping/, /default/],
  ["section without keys", "kl:\n", "7:4", /kl is a section/, /kl.beta/],
  ["section as a value", "judge: {reward: verifier}\n", "7:17", /judge.reward is a section/, /judge.reward.kind/],
  ["adapter without keys", "adapter:\n", "7:9", /adapter is a section/, /adapter: \{\}/],
  ["word for a number or all", "eval: {limit: some}\n", "7:15", /expected all or a whole number/, /default \(all\)/],
]);

check("config/out-of-range", minimal, [
  ["G = 1", "num_generations: 1\n", "7:18", /from 2 to 1024: .*group's mean.*always 0/, /default \(8\)/],
  ["N = 1", "game.queries: 1\n", "7:15", /at least 2 with lsp: .*Challenger's advantage.*always 0/, /2 or more/],
  ["temperature 0", "solver: {temperature: 0}\n", "7:23", /above 0.*all answers.*same/, /default \(1\)/],
  ["negative seed", "seed: -1\n", "7:7", /from 0 to 4294967295/, /default \(1\)/],
  ["enum", "kl: {estimator: k9}\n", "7:17", /one of k2, k3, literal/, /^Did you mean k2\?$/],
  ["later engine", "engine: {name: tinker}\n", "7:16", /tinker engine is not available/, /default \(onnx\)/],
  ["built-in model", "recovery: {every: 0}\n", "7:19", /whole number from 1/, /default \(1\)/],
  ["repeated target", "adapter: {targets: [q_proj, q_proj]}\n", "7:20", /listed twice/, /Write a list/],
  ["name", 'name: "../x"\n', "7:7", /starts with a letter/, /at most 80/],
]);

test("an item of a list is placed where it is", () => {
  const problem = problemOf(`${minimal}adapter:\n  targets:\n    - q_proj\n    - w_proj\n`);
  assert.equal(problem.place, "a.sparring.yaml:10:7");
  assert.match(problem.message, /adapter.targets\[1\]: found "w_proj"/);
});

check("config/unused-key", minimal, [
  ["a GPU", "engine: {device: cuda}\n", "7:10", /embedded engine computes on the CPU/, /set engine.name to torch/],
  ["normalization", "algorithm.normalization: dapo\n", "7:1", /belongs to grpo/, /set algorithm.name to grpo/],
  ["updates_per_round", "algorithm.updates_per_round: 2\n", "7:1", /exactly one step/, /grpo/],
  ["epsilon", "algorithm.epsilon_low: 0.1\n", "7:1", /no ratio to clip/, /grpo/],
  ["margin", "admission: {margin: 1}\n", "7:13", /penalise/, /penalise/],
]);

const open = minimal.replace("addition", "open").replace("lsp", "lsp-zero");
const judged = `${open}judge.reward.kind: rubric\n`;
const inWords = minimal.replace("addition", "word-sums");

check("config/conflict", open, [
  ["verifier by default", "", "4:9", /judge.reward.kind: verifier needs right answers/, /to rubric, or game.task/],
  ["verifier", "judge.reward.kind: verifier\n", "7:20", /nobody knows them/, /rubric/],
]);

check("config/conflict", judged.replace("lsp-zero", "grpo"), [
  ["grpo", "", "6:9", /grpo takes its queries from the task, and an open game has none/, /to lsp or lsp-zero/],
]);

check("config/conflict", judged.replace("lsp-zero", "lsp"), [
  [
    "criteria by default",
    "",
    "4:9",
    /criteria reads answers that are bare numbers.*to open/,
    /likelihood, or .*lsp-zero/,
  ],
  ["form", "judge.self_reward.kind: form\n", "8:25", /form reads answers that are bare numbers/, /likelihood/],
  ["rubric twice", "judge.self_reward.kind: rubric\n", "8:25", /the reward already/, /lsp-zero, or .*likelihood/],
]);

check("config/conflict", inWords, [
  ["criteria by default", "", "4:9", /bare numbers, and those to word-sums are sentences/, /rubric or likelihood/],
]);

check("config/unused-key", minimal, [
  ["task", "challenger.task: Algebra\n", "7:1", /only the Challenger of an open game/, /game.task to open/],
  ["template", 'challenger.template: "{x}"\n', "7:1", /only the Challenger of an open game/, /game.task to open/],
  ["rubric", "judge.rubric.temperature: 0\n", "7:1", /no judge of this run is asked in words/, /to rubric/],
]);

check("config/unused-key", judged, [
  ["eval", "eval: {every: 5}\n", "8:8", /nothing to measure on/, /game.task to word-sums/],
]);

check("config/out-of-range", judged, [
  ["no task", "challenger: {task: []}\n", "8:20", /found a list, expected text .* or a list/, /Write/],
  ["template without a place", "challenger: {template: Hello}\n", "8:24", /in curly braces/, /Write/],
  ["one of several", 'challenger: {template: ["{a}", b]}\n', "8:24", /in curly braces/, /Write/],
]);

test("an open game's task and template are texts or lists of texts", () => {
  const settings =
    'challenger: {task: [Algebra, "Logic: sets"], template: "Prove that {p}."}\njudge.rubric.max_tokens: 99\n';
  const { challenger, judge } = parse(judged + settings);
  assert.deepEqual(challenger.task, ["Algebra", "Logic: sets"]);
  assert.equal(challenger.template, "Prove that {p}.");
  assert.equal(judge.rubric.max_tokens, 99);
  const overridden = parse(judged, ["challenger.task=Logic: sets", "challenger.template={x}"]).challenger;
  assert.deepEqual([overridden.task, overridden.template], ["Logic: sets", "{x}"]);
  const list = parse(judged, ['challenger.template=["{x}", "Why {y}?"]']).challenger.template;
  assert.deepEqual(list, ["{x}", "Why {y}?"]);
});

test("the rubric judges words in lsp, beside the verifier or alone in lsp-zero", () => {
  assert.equal(parse(`${inWords}judge.self_reward.kind: rubric\n`).judge.reward.kind, "verifier");
  const { judge } = parse(
    `${judged.replace("lsp-zero", "lsp")}judge.self_reward.kind: likelihood\njudge.rubric.max_tokens: 9\n`,
  );
  assert.deepEqual([judge.reward.kind, judge.rubric.max_tokens], ["rubric", 9]);
});

check("config/unused-key", minimal.replace("lsp", "lsp-zero"), [
  ["self-reward", "judge.self_reward.scale: 2\n", "7:1", /only lsp adds a self-reward/, /to lsp/],
]);

check("config/unused-key", minimalGrpo, [
  ["alpha_challenger", "algorithm.alpha_challenger: 1\n", "7:1", /grpo has no Challenger/, /lsp/],
  ["challenger", "challenger: {max_tokens: 8}\n", "7:14", /grpo has no Challenger/, /lsp/],
  ["empty challenger", "challenger: {}\n", "7:1", /grpo has no Challenger/, /lsp/],
  ["admission", "admission: {on_reject: off}\n", "7:13", /grpo has no Challenger/, /lsp/],
  ["estimator", "kl: {estimator: k2}\n", "7:6", /always uses the per-token k3/, /Remove it/],
  ["self-reward", "judge.self_reward.kind: criteria\n", "7:1", /only lsp/, /lsp/],
  ["epsilon", "algorithm.epsilon_high: 0.3\n", "7:1", /nothing is clipped/, /updates_per_round/],
]);

test("keys of other modes are accepted where they have an effect", () => {
  assert.equal(parse(`${minimal}admission: {on_reject: penalise, margin: 1}\n`).admission.margin, 1);
  assert.equal(parse(`${minimalGrpo}game.queries: 1\n`).game.queries, 1);
});

check("config/duplicate-key", minimal, [
  ["same key", "seed: 1\nseed: 2\n", "8:1", /seed is there twice, first at a.sparring.yaml:7:1/, /Keep one/],
  ["same section", "kl: {beta: 1}\nkl: {beta: 1}\n", "8:1", /kl is there twice/, /Keep one/],
  ["alias and key", "beta: 1\nkl: {beta: 2}\n", "8:6", /beta and kl.beta are the same/, /Keep one/],
  ["dotted and nested", "kl.beta: 1\nkl: {beta: 2}\n", "8:6", /kl.beta is set twice/, /Keep one/],
]);

describe("config/missing-key", () => {
  test("is placed at its section", () => {
    const problem = problemOf(minimal.replace("  task: addition\n", "  rounds: 5\n"));
    assert.deepEqual([problem.code, problem.place], ["config/missing-key", "a.sparring.yaml:4:3"]);
    assert.match(problem.message, /^game.task is missing/);
    assert.match(problem.next, /Add it\. What is played/);
  });

  test("is placed at the file where there is no section", () => {
    const problem = problemOf("model: {path: m}\ngame: {task: addition}\n");
    assert.deepEqual([problem.code, problem.place], ["config/missing-key", "a.sparring.yaml"]);
    assert.match(problem.message, /^algorithm.name is missing/);
  });

  test("is not said of a key whose section is misspelt", () => {
    assert.equal(problemOf(minimal.replace("model:", "modle:")).code, "config/unknown-key");
  });
});

describe("overrides", () => {
  const cases: [string, string, RegExp, RegExp][] = [
    ["game.answers=1", "config/out-of-range", /found 1/, /leave it out/],
    ["optimzer.lr=1", "config/unknown-key", /"optimzer.lr"/, /Did you mean optimizer.lr\?/],
    ["optimizer.lr=", "config/wrong-type", /found nothing/, /Write a number/],
    ["kl=1", "config/wrong-type", /kl is a section/, /kl.beta/],
    ["--foo", "config/bad-override", /"--foo" is no setting/, /key=value/],
    ["=1", "config/bad-override", /"=1" is no setting/, /key=value/],
    ["__proto__.x=1", "config/unknown-key", /"__proto__.x"/, /Remove it/],
    ["seed=*a", "config/wrong-type", /found "\*a"/, /default/],
  ];
  for (const [override, code, message, next] of cases) {
    test(override, () => {
      const problem = problemOf(minimal, [override]);
      assert.deepEqual([problem.code, problem.place], [code, "command line"]);
      assert.match(problem.message, message);
      assert.match(problem.next, next);
    });
  }

  test("the same setting twice", () => {
    assert.equal(problemOf(minimal, ["beta=1", "kl.beta=1"]).code, "config/duplicate-key");
  });
});

test("everything that is wrong is reported at once, in the order of the text", () => {
  const text = `${minimal}optimiser: {}\nseed: x\ntop_p: 1\nadmission: {margin: 1}\nkl: {beta: 1, beta: 2}\n`;
  const problems = problemsOf(() => parse(text, ["game.answers=1", "nonsense"]));
  assert.deepEqual(
    problems.map(({ code, place }) => [code, place?.replace("a.sparring.yaml:", "")]),
    [
      ["config/unknown-key", "7:1"],
      ["config/wrong-type", "8:7"],
      ["config/refused-key", "9:1"],
      ["config/unused-key", "10:13"],
      ["config/duplicate-key", "11:15"],
      ["config/bad-override", "command line"],
      ["config/out-of-range", "command line"],
    ],
  );
});
