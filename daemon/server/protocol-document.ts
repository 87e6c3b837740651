import {
  checkpointSchema,
  maxFrameBytes,
  notifications,
  pickSchema,
  problemErrorCode,
  problemSchema,
  progressSchema,
  protocolVersion,
  requests,
  runOverviewSchema,
  snapshotIntervalMs,
} from "../protocol.ts";
import {
  answerRecordSchema,
  lineageSchema,
  queryRecordSchema,
  ratingSchema,
  roundRecordSchema,
  runRecordSchema,
} from "../store/records.ts";
import { TypeWriter } from "./type-text.ts";

/** Schemas that the document gives a name, instead of repeating them. */
const named = {
  RunId: requests["sparring/run/watch"].params.shape.run,
  RunOverview: runOverviewSchema,
  Progress: progressSchema,
  Problem: problemSchema,
  Checkpoint: checkpointSchema,
  RunRecord: runRecordSchema,
  Lineage: lineageSchema,
  RoundRecord: roundRecordSchema,
  QueryRecord: queryRecordSchema,
  AnswerRecord: answerRecordSchema,
  Rating: ratingSchema,
  Pick: pickSchema,
};

const introduction = `# The protocol

<!-- Made from daemon/protocol.ts by \`npm run protocol\`. Change it there. -->

Everything that the daemon can do, it does over one WebSocket: the command line and the editor are its clients, and so can your
script be. Messages are JSON-RPC 2.0, one a text frame (no batches); the same socket carries LSP. This is version ${protocolVersion}.

## Connecting by hand

The daemon says where it is in \`daemon.json\`, in SPARRING_HOME (\`~/.sparring\`). Send its token as a header, on the path
\`/sparring\`, with no \`Origin\`; then say hello, and wait for the answer. With Node and the package \`ws\`:

\`\`\`js
import { readFileSync } from "node:fs";
import { WebSocket } from "ws";

const { port, token } = JSON.parse(readFileSync(\`\${process.env.HOME}/.sparring/daemon.json\`, "utf8"));
const socket = new WebSocket(\`ws://127.0.0.1:\${port}/sparring\`, { headers: { authorization: \`Bearer \${token}\` } });
const ask = (id, method, params) => socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));

socket.on("open", () => ask(1, "sparring/hello", { protocol: ${protocolVersion}, client: { name: "by hand", version: "1" } }));
socket.on("message", (data) => {
  const message = JSON.parse(data);
  console.log(message);
  if (message.id === 1) ask(2, "sparring/run/list", {});
});
\`\`\`

Whoever has the token can do what you can do with Sparring, and each daemon draws a new one.

## Rules

- A frame to the daemon is at most ${maxFrameBytes / 1024 / 1024} MiB. A frame that is no JSON-RPC message is answered with an error without id, and ends the connection.
- Requests before hello are refused. At most 64 of a client's requests are under way at once. \`$/cancelRequest\` cancels one.
- Answers come as they are ready, in any order. Lists come in pages.
- Notifications are states, not events: each is complete, the newest one wins, and nobody needs a history. A client hears of a run
  at most every ${snapshotIntervalMs} ms, and hears nothing new while it does not read. After 64 MiB of unread answers it is cut off.
- Requests that change something can be sent twice: ids of runs, ratings and picks are chosen by the client.
- LSP's \`exit\` closes this socket, and never ends the daemon.

## Compatibility

Verbs and notifications marked **core** never change their meaning, so that an older window can always list, watch, pause, resume
and stop the runs of a newer daemon. The others may change when the protocol's version is raised. A client of another version is
told \`compatible: false\` by hello, and may use the core; the daemon refuses it the rest with \`protocol/version\`.
New fields may appear in results and notifications at any time: ignore those that you don't know.

## Errors

What a person can act on comes with code ${problemErrorCode} and \`data\` of type \`Problem\`, with \`problems\` where there are several, as in a
config. \`data.code\` is stable. A verb that there isn't is an error -32601, a cancelled request -32800; -32603 is a bug in Sparring.
The protocol's own: \`protocol/hello-first\`, \`protocol/bad-params\`, \`protocol/unknown-verb\`, \`protocol/version\`, \`protocol/busy\`,
\`protocol/internal-error\`.
`;

/** docs/protocol.md: every verb and notification, with the types of what is sent. */
export function protocolDocument(): string {
  const types = new TypeWriter(named);
  const verbs = Object.entries(requests).map(([method, verb]) => {
    const params = types.write(verb.params, "input");
    const result = types.write(verb.result, "output");
    return `${heading(method, verb)}\n\n${code(`params: ${params}`, `result: ${result}`)}`;
  });
  const news = Object.entries(notifications).map(
    ([method, notification]) =>
      `${heading(method, notification)}\n\n${code(`params: ${types.write(notification.params, "output")}`)}`,
  );
  const definitions = Object.entries(named).map(([name, schema]) => `type ${name} = ${types.define(schema)}`);
  return [
    introduction,
    "## Requests\n",
    `${verbs.join("\n\n")}\n`,
    "## Notifications\n",
    `${news.join("\n\n")}\n`,
    "## Types\n",
    `A \`?\` marks what may be left out. Times are ISO 8601 in UTC, durations seconds, log-probabilities nat.\n`,
    `${code(definitions.join("\n\n"))}\n`,
  ].join("\n");
}

function heading(method: string, about: { readonly core?: true; readonly summary: string }): string {
  return `### ${method}\n\n${about.core ? "**core** · " : ""}${about.summary}`;
}

function code(...lines: readonly string[]): string {
  return ["```ts", ...lines, "```"].join("\n");
}
