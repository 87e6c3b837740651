/** Which judges a config may ask for, and what each needs. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseConfig } from "../../../daemon/config/load.ts";
import type { Config } from "../../../daemon/config/schema.ts";
import { settingsThatNeedTrust } from "../../../daemon/config/trust.ts";

const base = "model: {path: builtin:nano}\ngame: {task: addition}\nalgorithm: {name: lsp-zero}\n";

function parse(...overrides: string[]): Config {
  return parseConfig(base, { file: "/folder/a.yaml", overrides }).config;
}

function refuses(overrides: string[], message: RegExp): void {
  assert.throws(() => parse(...overrides), { message });
}

const endpoint = [
  "judge.reward.kind=endpoint",
  "judge.endpoint.url=https://judge.example/v1",
  "judge.endpoint.model=m",
];

describe("a judge's settings", () => {
  test("are needed where it is asked, and refused where it is not", () => {
    refuses(["judge.reward.kind=endpoint"], /judge.endpoint.url is missing/);
    refuses(endpoint.slice(0, 2), /judge.endpoint.model is missing/);
    refuses(["judge.verifier.rule=regex"], /judge.verifier.pattern is missing/);
    refuses(["judge.verifier.rule=json-schema"], /judge.verifier.schema is missing/);
    refuses(["judge.reward.kind=ensemble"], /no judge in it has a weight/);
    refuses(["judge.model.output=logit"], /this judge is not asked/);
    refuses(["judge.endpoint.retries=1"], /this judge is not asked/);
    refuses(["judge.ensemble.model.weight=1"], /only one judge gives the reward/);
    refuses(["judge.ensemble.pairwise.weight=1"], /judge.ensemble.pairwise.weight is refused: what an answer wins/);
    refuses(["judge.verifier.tolerance=1"], /only judge.verifier.rule: number reads it/);
    const member = ["judge.reward.kind=ensemble", "judge.ensemble.verifier.weight=1", "judge.ensemble.model.scale=2"];
    refuses(member, /this judge is not asked/);
    assert.equal(parse(...member, "judge.ensemble.model.weight=1").judge.ensemble.model.scale, 2);
  });

  test("are checked one by one", () => {
    const verifier = (key: string, value: string): string[] => [`judge.verifier.${key}=${value}`];
    refuses([...verifier("rule", "regex"), ...verifier("pattern", "(")], /no regular expression/);
    refuses([...verifier("rule", "json-schema"), ...verifier("schema", "'[1]'")], /not the text of a JSON object/);
    refuses([...endpoint, "judge.endpoint.key_env=sk-1234"], /not a key/);
    for (const secret of ["judge.endpoint.key_env=sk-1234", "judge.endpoint.url=https://me:sk-1234@a.example"]) {
      assert.throws(
        () => parse("judge.reward.kind=endpoint", "judge.endpoint.model=m", secret),
        (error: Error) => !/sk-1234/.test(`${error.stack}${JSON.stringify(error)}`),
      );
    }
    for (const url of ["ftp://a.example", "https://user@a.example/v1", "https://a.example/v1?key=1", "judge"]) {
      refuses([endpoint[0]!, `judge.endpoint.url=${url}`, endpoint[2]!], /judge.endpoint.url/);
    }
    refuses(["judge.reward.kind=model", "judge.model.path=builtin:other"], /builtin:nano-reward/);
    refuses([...endpoint, "judge.endpoint.timeout_seconds=301"], /judge.endpoint.timeout_seconds.*at most 300/);
  });

  test("of a folder are relative to the config", () => {
    assert.equal(parse("judge.reward.kind=model").judge.model.path, "builtin:nano-reward");
    const text = `${base}judge: {reward: {kind: model}, model: {path: rm}}\n`;
    assert.equal(parseConfig(text, { file: "/folder/a.yaml" }).config.judge.model.path, "/folder/rm");
  });

  test("of a server need trust, and so does the name of a key", () => {
    assert.deepEqual(
      settingsThatNeedTrust(parse(...endpoint, "judge.endpoint.key_env=OPENAI_API_KEY")).map(({ path }) => path),
      ["judge.endpoint.url", "judge.endpoint.key_env"],
    );
    assert.deepEqual(settingsThatNeedTrust(parse("judge.reward.kind=model")), []);
  });

  test("of pairs are its own; a server has those of its section, and is asked in words", () => {
    const pairwise = ["algorithm.name=grpo", "judge.reward.kind=pairwise"];
    const { judge } = parse(...pairwise);
    const defaults = { by: "reference", mode: "generate", opponents: 3, temperature: 1, max_tokens: 320 };
    assert.deepEqual(judge.pairwise, defaults);
    assert.equal(parse(...pairwise, "judge.pairwise.mode=logits").judge.pairwise.mode, "logits");
    refuses(["judge.pairwise.opponents=2"], /answers are scored one by one/);
    refuses([...pairwise, "judge.pairwise.mode=logits", "judge.pairwise.temperature=0"], /the judge writes nothing/);
    refuses([...pairwise, "judge.pairwise.by=endpoint"], /judge.endpoint.url is missing/);
    const server = [...pairwise, "judge.pairwise.by=endpoint", ...endpoint.slice(1)];
    assert.equal(parse(...server, "judge.endpoint.max_tokens=99").judge.endpoint.max_tokens, 99);
    assert.deepEqual(
      settingsThatNeedTrust(parse(...server)).map(({ path }) => path),
      ["judge.endpoint.url"],
    );
    refuses([...server, "judge.pairwise.max_tokens=99"], /the server is asked with the settings of judge.endpoint/);
    refuses([...server, "judge.pairwise.mode=logits"], /a server is asked in words/);
    refuses([...pairwise, endpoint[1]!], /this judge is not asked/);
  });

  test("of pairs say nothing of a query: refused with lsp-zero, and not with lsp, in an open game too", () => {
    refuses(["judge.reward.kind=pairwise"], /½ on average, and lsp-zero/);
    const open = ["game.task=open", "algorithm.name=lsp", "judge.reward.kind=pairwise"];
    assert.equal(parse(...open, "judge.self_reward.kind=rubric").judge.reward.kind, "pairwise");
    refuses(
      [...open, "judge.self_reward.kind=rubric", "challenger.objective=frontier"],
      /no query is harder than another by either objective/,
    );
  });

  test("of a server serve the self-reward too, unless it is the reward already", () => {
    const lsp = ["algorithm.name=lsp", "judge.self_reward.kind=endpoint"];
    refuses(lsp, /judge.endpoint.url is missing/);
    assert.equal(parse(...lsp, ...endpoint.slice(1)).judge.endpoint.model, "m");
    refuses([...lsp, ...endpoint], /the endpoint is the reward already/);
    const inEnsemble = ["judge.reward.kind=ensemble", "judge.ensemble.endpoint.weight=1", ...endpoint.slice(1)];
    refuses([...lsp, ...inEnsemble], /the endpoint is the reward already/);
    const both = [...lsp, "judge.reward.kind=pairwise", "judge.pairwise.by=endpoint", ...endpoint.slice(1)];
    assert.equal(parse(...both).judge.pairwise.by, "endpoint");
    refuses(["algorithm.name=lsp", endpoint[1]!], /this judge is not asked/);
  });

  test("in an open game need no right answer", () => {
    const open = ["game.task=open", "judge.verifier.rule=regex", "judge.verifier.pattern=^a"];
    assert.equal(parse(...open).judge.verifier.pattern, "^a");
    refuses(["game.task=open", "judge.verifier.rule=number"], /needs right answers/);
    const both = ["game.task=open", "judge.reward.kind=ensemble", "judge.ensemble.verifier.weight=1"];
    refuses(both, /judge.ensemble.verifier: it needs right answers/);
  });
});
