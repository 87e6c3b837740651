import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import {
  type EndpointJudge,
  type EndpointSettings,
  endpointJudge,
  endpointReward,
} from "../../../daemon/judge/endpoint/endpoint.ts";
import type { Pair, Scorer } from "../../../daemon/judge/scorer.ts";
import { pairAt } from "./pairs.ts";

/** A request, as the server heard it. */
export interface Asked {
  readonly path: string | undefined;
  readonly key: string | undefined;
  readonly body: { readonly messages: readonly { readonly content: string }[]; readonly [field: string]: unknown };
  /** Which request it is of those with the same messages, from 0. */
  readonly time: number;
}

export type Answerer = (asked: Asked, response: ServerResponse, place: number) => void;

/** A server of chat completions on this machine. */
export interface Server {
  readonly origin: string;
  readonly asked: Asked[];
  /** Connections that were opened, whether anything was sent or not. */
  connections(): number;
  /** Most requests that were under way at once. */
  most(): number;
}

/** Opens a server for a test. @param answer how it answers; queries are `q<place>` */
export async function serve(t: TestContext, answer: Answerer): Promise<Server> {
  const asked: Asked[] = [];
  let [open, most] = [0, 0];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    most = Math.max(most, ++open);
    response.on("close", () => open--);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Asked["body"];
    const same = asked.filter((other) => other.body.messages[0]!.content === body.messages[0]!.content);
    const each = { path: request.url, key: request.headers.authorization, body, time: same.length };
    asked.push(each);
    // Queries are "q<place>"; of others it is NaN.
    const place = Number(/\bq(\d+)\b/.exec(body.messages[0]!.content)?.[1]);
    answer(each, response, place);
  };
  const server = createServer((request, response) => void handle(request, response).catch(() => {}));
  let connections = 0;
  server.on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    connections: () => connections,
    most: () => most,
  };
}

/** A reply as OpenAI's. */
export function reply(response: ServerResponse, content: string | null, more: object = {}): void {
  const usage = { prompt_tokens: 10, completion_tokens: 2 };
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ choices: [{ message: { content }, finish_reason: "stop", ...more }], usage }));
}

/** Any other answer. */
export function refuse(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
  body = "",
): void {
  response.writeHead(status, headers);
  response.end(body);
}

/** A judge behind that server, as the reward. */
export function judge(server: Pick<Server, "origin">, changes: Partial<EndpointSettings> = {}): Scorer {
  return endpointReward(judgeBehind(server, changes));
}

/** The model behind that server. */
export function judgeBehind(server: Pick<Server, "origin">, changes: Partial<EndpointSettings> = {}): EndpointJudge {
  return endpointJudge({
    baseUrl: `${server.origin}/v1/`,
    model: "judge-1",
    temperature: 0,
    maxTokens: 50,
    concurrency: 4,
    requestsPerMinute: undefined,
    timeoutMs: 5000,
    retries: 3,
    backOffMs: 1,
    mayAsk: async () => {},
    key: () => undefined,
    ...changes,
  });
}

/** Answers to `q0`, `q1`, … */
export function pairs(count: number): Pair[] {
  return Array.from({ length: count }, (_, i) => pairAt(`q${i}`, "an answer", i));
}

/** A judge's reply: all seven criteria met. */
export const seven = "Fine. <Calculation>1+1+1+1+1+1+1=7</Calculation><Score>7</Score>";
