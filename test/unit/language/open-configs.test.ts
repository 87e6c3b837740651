import assert from "node:assert/strict";
import { describe, mock, test } from "node:test";
import { OpenConfigs } from "../../../daemon/language/configs/open-configs.ts";

const uri = "file:///work/a%20b.sparring.yaml";

/** Open configs, and what was published of them as `version: number of problems`. */
function opened(): { configs: OpenConfigs; published: string[] } {
  const published: string[] = [];
  const configs = new OpenConfigs({
    publish: (_, version, diagnostics) => published.push(`${version}: ${diagnostics.length}`),
    report: (bug) => assert.fail(String(bug)),
  });
  return { configs, published };
}

describe("open configs", () => {
  test("are checked at once when opened, and after a pause when changed", (t) => {
    mock.timers.enable({ apis: ["setTimeout"] });
    t.after(() => mock.timers.reset());
    const { configs, published } = opened();
    configs.open(uri, "yaml", 1, "");
    configs.change(uri, 2, [{ text: "name: a\nname: b\n" }]);
    configs.change(uri, 3, [{ range: { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } }, text: "" }]);
    assert.deepEqual(published, ["1: 1"]);
    mock.timers.tick(150);
    assert.deepEqual(published, ["1: 1", "3: 3"]);
    assert.deepEqual(configs.get(uri), { text: "name: b\n", file: "/work/a b.sparring.yaml" });
  });

  test("lose their problems when closed, also those that wait", (t) => {
    mock.timers.enable({ apis: ["setTimeout"] });
    t.after(() => mock.timers.reset());
    const { configs, published } = opened();
    configs.open(uri, "yaml", 1, "");
    configs.change(uri, 2, [{ text: "name: a" }]);
    configs.close(uri);
    mock.timers.tick(1000);
    assert.deepEqual(published, ["1: 1", "2: 0"]);
    assert.equal(configs.get(uri), undefined);
  });

  test("are no other documents, and none that is far too large", () => {
    const { configs, published } = opened();
    configs.open("sparring:/r/round-000001.md", "markdown", 1, "# Round");
    configs.open("file:///work/other.yaml", "yaml", 1, "a: 1");
    assert.deepEqual(published, []);
    configs.open(uri, "yaml", 1, `# ${"x".repeat(70_000)}`);
    assert.deepEqual(published, ["1: 1"]);
    assert.equal(configs.get(uri), undefined);
  });

  test("that are in no file yet have their name", () => {
    const { configs } = opened();
    configs.open("untitled:fork-of-a.sparring.yaml", "yaml", 1, "");
    assert.equal(configs.get("untitled:fork-of-a.sparring.yaml")!.file, "fork-of-a.sparring.yaml");
  });
});
