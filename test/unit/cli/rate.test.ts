import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { QueryRecord } from "../../../daemon/store/records.ts";
import { sparring } from "./fake-cli.ts";
import { FakeDaemon } from "./fake-daemon.ts";
import { fakeId, fakeQuery } from "./fake-run.ts";

/** A round's two queries with two answers each, of scores from 0 to 7. */
function queriesOf(round: number): QueryRecord[] {
  return [0, 1].map((index) => {
    const query = fakeQuery(`${round}+${index}`, "x", 0);
    const answers = [0, 1].map((answer) => ({
      ...query.answers[0]!,
      text: `answer ${answer} of round ${round}`,
      selfReward: (2 * index + answer + round) % 8,
    }));
    return { ...query, index, answers };
  });
}

function daemonWithSamples(rounds = 10): FakeDaemon {
  const daemon = new FakeDaemon();
  daemon.add({ round: rounds }).queries = (round) => (round === 0 ? [] : queriesOf(round));
  return daemon;
}

describe("rating by key", () => {
  const rate = (stdin: string, daemon = daemonWithSamples(), ...more: string[]) =>
    sparring(["rate", "last", "--rater", "me", ...more], {
      daemon,
      stdin,
      isTTY: true,
      env: { NO_COLOR: "1" },
      columns: 80,
    });
  const stored = (daemon: FakeDaemon) => daemon.runs.get(fakeId)!.ratings;

  test("sends a score before the next answer is shown, blind", async () => {
    const daemon = daemonWithSamples();
    const { code, stdout, calls } = await rate("70q", daemon);
    assert.equal(code, 0);
    assert.deepEqual(
      stored(daemon).map(({ score, rater, blind }) => [score, rater, blind]),
      [
        [7, "me", true],
        [0, "me", true],
      ],
    );
    const sent = calls.map(([method]) => method).filter((method) => method === "sparring/sample/rate");
    assert.equal(sent.length, 2);
    const [before, after] = stdout.split("2 rated.");
    assert.doesNotMatch(before!, /reward/, "nothing tells how the judge scored before the end");
    assert.doesNotMatch(before!, /round \d+,/);
    assert.match(after!, /answer +you +self-reward +reward\nround \d+, query \d, answer \d +7 +\d\.0 +0\.00\n/);
  });
  test("shows the query and the answer that it asks about, and why it asks", async () => {
    const { stdout } = await rate("q");
    assert.match(
      stdout,
      /── 1 of 20 ──\nquery {3}(\d+)\+\d\nanswer {2}answer \d of round \1\nwhy {5}its quarter of the rounds has 0 ratings/,
    );
    assert.match(stdout, /\n\n0 rated\.\n$/);
  });
  test("skips, and what was skipped does not come again", async () => {
    const daemon = daemonWithSamples();
    const first = await rate("sq", daemon);
    assert.deepEqual(stored(daemon)[0]!.score, null);
    assert.match(first.stdout, /0 rated, 1 skipped\./);
    const shown = (text: string) => /query {3}.*\nanswer {2}.*/.exec(text)![0];
    assert.notEqual(shown((await rate("q", daemon)).stdout), shown(first.stdout));
  });
  test("takes the last one back, and shows it again", async () => {
    const daemon = daemonWithSamples();
    const { stdout } = await rate("7u3q", daemon);
    assert.deepEqual(
      stored(daemon).map(({ score }) => score),
      [3],
    );
    const shown = [...stdout.matchAll(/answer {2}(.*)/g)].map(([, text]) => text);
    assert.deepEqual([shown[0], shown[1] === shown[0]], [shown[2], false]);
    assert.match(stdout, /1 of 20(.|\n)*2 of 20(.|\n)*taken back(.|\n)*1 of 20(.|\n)*2 of 20/);
  });
  test("goes on after what was taken back with what was shown then", async () => {
    const { stdout } = await rate("7u3q");
    const shown = [...stdout.matchAll(/answer {2}(.*)/g)].map(([, text]) => text);
    assert.equal(shown[3], shown[1]);
  });
  test("asks for the criteria one by one, and sends them with their number", async () => {
    const daemon = daemonWithSamples();
    const { stdout } = await rate("yyyu1nn01sq", daemon, "--by-criteria");
    assert.deepEqual(
      stored(daemon).map(({ score, criteria }) => [score, criteria]),
      [
        [4, [1, 1, 1, 0, 0, 0, 1]],
        [null, undefined],
      ],
    );
    assert.match(stdout, /Keys: y or 1 met/);
    assert.equal(stdout.match(/^3 Answer understandable\?$/gm)!.length, 2, "asked again after it was taken back");
    assert.match(stdout, /^7 Form and style\?\n4\n/m);
  });
  test("takes back a whole rating where no criterion is given yet", async () => {
    const daemon = daemonWithSamples();
    await rate("1111111u0000000q", daemon, "--by-criteria");
    assert.deepEqual(
      stored(daemon).map(({ score }) => score),
      [0],
    );
  });
  test("ends with where to read how far the judge can be trusted", async () => {
    const { stdout } = await rate("7q");
    assert.match(stdout.replaceAll("\n", " "), new RegExp(`agreement ${fakeId}\` says how far the judge`));
  });
  test("has nothing to take back at first", async () => {
    const { stdout } = await rate("uq");
    assert.match(stdout, /There is nothing to take back\./);
  });
  test("shows the criteria, and the keys for any other key", async () => {
    const { stdout } = await rate("?xq");
    assert.match(stdout, /A score is the number of these that are met:\n {2}1 {2}From the instruction/);
    assert.equal(stdout.match(/Keys: 0–7 rate/g)!.length, 2);
  });
  test("ends with Ctrl+C, and takes no arrow for a key", async () => {
    const daemon = daemonWithSamples();
    assert.equal((await rate("\u0003", daemon)).code, 0);
    assert.equal((await rate("\u001b[A\u001b[1;5D\u001bOP\u001bq", daemon)).code, 0);
    assert.equal(stored(daemon).length, 0);
  });
  test("ends by itself when the count is reached, or nothing is left", async () => {
    assert.match((await rate("77", undefined, "--count", "2")).stdout, /2 rated\./);
    assert.match((await rate("7777", daemonWithSamples(1))).stdout, /no answer left that you have not rated/);
  });
  test("makes hostile text harmless", async () => {
    const daemon = daemonWithSamples();
    const run = daemon.runs.get(fakeId)!;
    const { queries } = run;
    run.queries = (round) =>
      queries(round).map((query) => ({
        ...query,
        text: "a\u001b[2J\nquery   fake",
        answers: query.answers.map((answer) => ({ ...answer, text: "\u202e7\r8" })),
      }));
    const { stdout } = await rate("q", daemon);
    assert.match(stdout, /query {3}a\\u\{1b\}\[2J\n {8}query {3}fake\nanswer {2}\\u\{202e\}7\\r8\n/);
  });
  test("says how the judge differs only where it scored", async () => {
    const daemon = daemonWithSamples();
    const run = daemon.runs.get(fakeId)!;
    const { queries } = run;
    run.queries = (round) =>
      queries(round).map((query) => ({
        ...query,
        answers: query.answers.map((answer) => ({ ...answer, selfReward: null })),
      }));
    assert.match((await rate("7q", daemon)).stdout, /The judge gave these answers no self-reward to compare with\./);
  });
  test("needs a terminal", async () => {
    const { code, stderr } = await sparring(["rate", "last"], { daemon: daemonWithSamples(), columns: 200 });
    assert.equal(code, 2);
    assert.match(stderr, /In a script give --query, --answer and --score\./);
  });
});

describe("rating one answer", () => {
  const args = ["rate", "last@3", "--query", "1", "--answer", "0", "--score", "5"];

  test("sends all that is given", async () => {
    const daemon = daemonWithSamples();
    const more = ["--criteria", "1110011", "--comment", "fine", "--rater", "me"];
    const { code, stdout } = await sparring([...args, ...more], { daemon });
    assert.equal(code, 0);
    const { at: _, id, ...rating } = daemon.runs.get(fakeId)!.ratings[0]!;
    assert.deepEqual(rating, {
      rater: "me",
      round: 3,
      query: 1,
      answer: 0,
      score: 5,
      criteria: [1, 1, 1, 0, 0, 1, 1],
      comment: "fine",
      blind: false,
    });
    assert.equal(stdout, `Rating ${id}; the run has 1 now.\n`);
  });
  test("takes the rater from the environment", async () => {
    const daemon = daemonWithSamples();
    await sparring(args, { daemon, env: { USER: "ada" } });
    assert.equal(daemon.runs.get(fakeId)!.ratings[0]!.rater, "ada");
  });
  test("is refused where there is no such answer", async () => {
    const { code, stderr } = await sparring(args.with(5, "7"), { daemon: daemonWithSamples(), columns: 200 });
    assert.equal(code, 2);
    assert.match(
      stderr,
      /Query 1 of round 3 has 2 answers, counted from 0; there is no answer 7\. \(cli\/no-such-answer\)/,
    );
    assert.match(stderr, /`node dist\/sparring.js show addition-20251121-ab12 --samples 3`/);
  });
  test("--undo takes it back, --list shows what stands", async () => {
    const daemon = daemonWithSamples();
    const { stdout } = await sparring([...args, "--json", "--comment", "a\u001b[2J"], { daemon });
    const { id, ratings } = JSON.parse(stdout);
    assert.equal(ratings, 1);
    const listed = await sparring(["rate", "last", "--list"], { daemon, columns: 120 });
    const cells = listed.stdout.split("\n")[1]!.split(/ {2,}/);
    assert.deepEqual(cells, [id, "5", "3", "1", "0", "unknown", "a\\u{1b}[2J"]);
    const undone = await sparring(["rate", "last", "--undo", id], { daemon });
    assert.equal(undone.stdout, `Rating ${id}; the run has 0 now.\n`);
    assert.match((await sparring(["rate", "last", "--list"], { daemon })).stdout, /has no ratings/);
  });
});
