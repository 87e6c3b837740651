import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NeedsAgreementError } from "../../../daemon/errors.ts";
import type { Method } from "../../../daemon/protocol.ts";
import { sparring, type World } from "./fake-cli.ts";
import { FakeDaemon } from "./fake-daemon.ts";
import { fakeOverview } from "./fake-run.ts";

const example = "examples/addition.sparring.yaml";
const origin = "https://judge.example";

/** A daemon whose runs send to a server, and that sends nothing without its user's agreement. */
function careful(): FakeDaemon {
  const agreed = new Map<string, string[]>();
  const agree = (run: string, origins: readonly string[]): string[] => {
    agreed.set(run, [...(agreed.get(run) ?? []), ...origins]);
    return agreed.get(run)!;
  };
  const requireAgreed = (run: string): void => {
    if (agreed.get(run)?.includes(origin)) return;
    throw new NeedsAgreementError("run/needs-agreement", `It would be sent to ${origin}.`, "Agree.", [origin]);
  };
  const overviewOf = (run: string) => ({ ...fakeOverview(daemon.runs.values().next().value!.config), id: run });
  const begin = ({ run, agree: now = [] }: { readonly run: string; readonly agree?: string[] | undefined }) => {
    agree(run, now);
    requireAgreed(run);
    return overviewOf(run);
  };
  const daemon = new FakeDaemon({
    "sparring/run/start": begin,
    "sparring/run/fork": begin,
    "sparring/run/agree": ({ run, origins }) => ({ agreed: agree(run, origins) }),
    "sparring/run/resume": ({ run }) => {
      requireAgreed(run);
      return overviewOf(run);
    },
    "sparring/sample/replay": ({ run }) => {
      requireAgreed(run);
      return { query: "1+2=", answers: [], waitedSeconds: 0, weights: "round 2" };
    },
    "sparring/checkpoint/evaluate": ({ run, against }) => {
      for (const each of [run, against!.run]) requireAgreed(each);
      const share = { value: 0.5, low: 0.4, high: 0.6 };
      const duels = { wins: 1, ties: 0, losses: 1, swapped: 0, unscored: 0, winRate: share };
      return { weights: "a", tasks: 2, accuracy: share, against: { weights: "b", accuracy: share, ...duels } };
    },
  });
  daemon.add({ id: "mine", round: 2, state: "stopped" });
  daemon.add({ id: "other", round: 2, state: "finished" });
  return daemon;
}

async function asked(args: readonly string[], method: Method, world: World = {}) {
  const { code, stderr, calls } = await sparring([...args, "--detach"], { daemon: careful(), ...world });
  const sent = calls.filter(([each]) => each === method).map(([, params]) => (params as { agree?: string[] }).agree);
  return { code, stderr, sent };
}

describe("a command that makes a run that sends texts to a server", () => {
  for (const [args, method] of [
    [["run", example], "sparring/run/start"],
    [["fork", "mine@2"], "sparring/run/fork"],
  ] as const) {
    test(`${args[0]} fails where nobody can be asked, and says nothing for them`, async () => {
      const { code, stderr, sent } = await asked(args, method);
      assert.deepEqual([code, sent], [1, [undefined]]);
      assert.match(stderr, /https:\/\/judge\.example[\s\S]*run\/needs-agreement/);
    });

    test(`${args[0]} takes --send-to, several times`, async () => {
      const options = ["--send-to", origin, "--send-to", "http://127.0.0.1:8000"];
      const { code, sent } = await asked([...args, ...options], method);
      assert.deepEqual([code, sent], [0, [[origin, "http://127.0.0.1:8000"]]]);
    });

    test(`${args[0]} asks at a terminal, and sends the request again only after a yes`, async () => {
      const yes = await asked(args, method, { isTTY: true, columns: 80, stdin: "y\n" });
      assert.deepEqual([yes.code, yes.sent], [0, [undefined, [origin]]]);
      assert.match(yes.stderr, /sends its queries and answers to https:\/\/judge\.example\./);
      assert.match(yes.stderr, /Send\? \[y\/N\]/);
      for (const stdin of ["\n", "n\n", "yeah\n"]) {
        const no = await asked(args, method, { isTTY: true, columns: 80, stdin });
        assert.deepEqual([no.code, no.sent], [1, [undefined]], JSON.stringify(stdin));
      }
    });

    test(`${args[0]} never asks where a program reads the output`, async () => {
      const { code, stderr, sent } = await asked([...args, "--json"], method, { isTTY: true, stdin: "y\n" });
      assert.deepEqual([code, sent], [1, [undefined]]);
      assert.doesNotMatch(stderr, /Send\?/);
    });
  }

  test("has an option that help and completion show, as those have that ask the judges of a run", async () => {
    for (const command of ["run", "fork", "resume", "eval", "chat"]) {
      const { stdout } = await sparring(["help", command]);
      assert.match(stdout, /--send-to <origin>/);
      assert.match((await sparring(["__complete", command, "--se"])).stdout, /^--send-to$/m);
    }
  });
});

describe("a command that asks the judges of runs that are there", () => {
  const both = ["mine", "other"];
  for (const [args, method, runs] of [
    [["resume", "mine", "--detach"], "sparring/run/resume", ["mine"]],
    [["chat", "mine", "--replay", "1:0"], "sparring/sample/replay", ["mine"]],
    [["eval", "mine", "--against", "other", "--judge", "pairwise"], "sparring/checkpoint/evaluate", both],
  ] as const) {
    const kept = (origins: readonly string[]) => runs.map((run) => ["sparring/run/agree", { run, origins }]);
    /** What is kept with runs, and the work itself, in their order. */
    const ask = async (more: readonly string[], world: World = {}) => {
      const { code, stderr, calls } = await sparring([...args, ...more], { daemon: careful(), ...world });
      const told = calls.flatMap(([each, params]) =>
        each === "sparring/run/agree" ? [[each, params]] : each === method ? [each] : [],
      );
      return { code, stderr, told };
    };

    test(`${args[0]} fails where nobody can be asked, and keeps nothing for them`, async () => {
      for (const options of [[], ["--json"]]) {
        const { code, stderr, told } = await ask(options, { isTTY: options.length > 0, stdin: "y\n" });
        assert.deepEqual([code, told], [1, [method]]);
        assert.match(stderr, /run\/needs-agreement/);
        assert.doesNotMatch(stderr, /Send\?/);
      }
    });

    test(`${args[0]} keeps what --send-to says with each run first`, async () => {
      const { code, told } = await ask(["--send-to", origin, "--send-to", "http://127.0.0.1:8000"]);
      assert.deepEqual([code, told], [0, [...kept([origin, "http://127.0.0.1:8000"]), method]]);
    });

    test(`${args[0]} asks at a terminal which runs may send, and goes on only after a yes`, async () => {
      const yes = await ask([], { isTTY: true, columns: 80, stdin: "y\n" });
      assert.deepEqual([yes.code, yes.told], [0, [method, ...kept([origin]), method]]);
      const who = runs.length === 1 ? "Run mine sends its" : "Runs mine and other send their";
      assert.match(
        yes.stderr.replace(/\s+/g, " "),
        new RegExp(`${who} queries and answers to https://judge\\.example\\.`),
      );
      const no = await ask([], { isTTY: true, columns: 80, stdin: "n\n" });
      assert.deepEqual([no.code, no.told], [1, [method]]);
    });
  }

  test("chat says that a conversation is sent to no judge", async () => {
    const { code, stderr } = await sparring(["chat", "mine", "--send-to", origin], { daemon: careful() });
    assert.equal(code, 2);
    assert.match(stderr, /--send-to needs --replay/);
  });
});
