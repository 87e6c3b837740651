import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How the hub misbehaves in one answer. */
export type Fault =
  | { readonly kind: "status"; readonly status: number; readonly headers?: Record<string, string> }
  | { readonly kind: "cut"; readonly after: number }
  | { readonly kind: "stall"; readonly after: number }
  | { readonly kind: "corrupt" }
  | { readonly kind: "tag"; readonly tag: string }
  | { readonly kind: "size"; readonly by: number }
  | { readonly kind: "length"; readonly by: number }
  | { readonly kind: "range"; readonly does: "ignored" | "shifted" | "refused" }
  | { readonly kind: "redirect"; readonly to: string }
  | { readonly kind: "garbage" };

/** A request, as the server got it. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly server: "hub" | "cdn";
  readonly headers: IncomingMessage["headers"];
}

/**
 * A server that speaks the Hugging Face hub's file API for one model: the listing, HEAD and GET of files, LFS files
 * redirected to a second server (another origin) as the hub does. It misbehaves as it is told.
 */
export class FakeHub {
  readonly repo = "org/tiny";
  commit = "c".repeat(40);
  files: Record<string, Buffer>;
  /** Names that are listed though there are no such files. */
  alsoListed: string[] = [];
  /** Asked before each answer. */
  fault: (asked: Asked) => Fault | undefined = () => undefined;
  readonly asked: Asked[] = [];
  readonly #hub: Server;
  readonly #cdn: Server;

  private constructor(files: Record<string, Buffer>) {
    this.files = files;
    this.#hub = createServer((request, response) => this.#serve("hub", request, response));
    this.#cdn = createServer((request, response) => this.#serve("cdn", request, response));
  }

  static async start(files: Record<string, Buffer> = tinyModel()): Promise<FakeHub> {
    const fake = new FakeHub(files);
    for (const server of [fake.#hub, fake.#cdn]) {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
    }
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#hub.address() as AddressInfo).port}`;
  }

  /** Of another origin: its port differs. */
  get cdnUrl(): string {
    return `http://127.0.0.1:${(this.#cdn.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const server of [this.#hub, this.#cdn]) {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    }
  }

  #serve(server: "hub" | "cdn", request: IncomingMessage, response: ServerResponse): void {
    const { method = "", url = "", headers } = request;
    const asked = { method, url, server, headers };
    this.asked.push(asked);
    const fault = this.fault(asked);
    if (fault?.kind === "status") return void response.writeHead(fault.status, fault.headers).end();
    if (fault?.kind === "redirect") return void response.writeHead(302, { location: fault.to }).end();
    if (url.startsWith(`/api/models/${this.repo}/revision/`)) return void send(asked, response, this.#listing(), fault);
    if (url.startsWith(`/api/models/${this.repo}/tree/`)) return void send(asked, response, this.#tree(), fault);
    const file = /\/(?:resolve\/[^/]+|cdn|cached)\/([^/]+)$/.exec(url)?.[1];
    const name = file === undefined ? "" : decodeURIComponent(file);
    const bytes = this.files[name];
    if (!bytes) {
      const code = url.includes("/resolve/") && url.includes(this.repo) ? "EntryNotFound" : "RepoNotFound";
      return void response.writeHead(404, { "x-error-code": code }).end();
    }
    const hash = hashOf(name, bytes);
    const tag = fault?.kind === "tag" ? fault.tag : `"${hash}"`;
    const common = { "x-repo-commit": this.commit, "accept-ranges": "bytes" };
    if (server === "hub" && isLfs(name)) {
      const size = bytes.length + (fault?.kind === "size" ? fault.by : 0);
      const linked = { "x-linked-etag": tag, "x-linked-size": `${size}`, location: `${this.cdnUrl}/cdn/${file}` };
      return void response.writeHead(302, { ...common, ...linked, etag: '"of the redirect"' }).end();
    }
    // As the hub does for small files: a redirect within itself.
    if (url.includes("/resolve/")) {
      return void response.writeHead(307, { ...common, location: `/api/cached/${file}` }).end();
    }
    for (const [header, value] of Object.entries({ ...common, etag: server === "cdn" ? '"its own"' : tag })) {
      response.setHeader(header, value);
    }
    send(asked, response, bytes, fault);
  }

  #listing(): Buffer {
    const siblings = [...Object.keys(this.files), ...this.alsoListed].map((rfilename) => ({ rfilename }));
    return Buffer.from(JSON.stringify({ id: this.repo, sha: this.commit, siblings, private: false }));
  }

  /** Another listing, which Python's client asks for. */
  #tree(): Buffer {
    const entries = Object.entries(this.files).map(([path, { length: size }]) => {
      const oid = hashOf(path, this.files[path]!);
      return { type: "file", path, size, oid, ...(isLfs(path) && { lfs: { oid, size, pointerSize: 130 } }) };
    });
    return Buffer.from(JSON.stringify(entries));
  }
}

function send({ method, headers }: Asked, response: ServerResponse, bytes: Buffer, fault: Fault | undefined): void {
  const asksFrom = Number(/^bytes=(\d+)-/.exec(headers.range ?? "")?.[1] ?? 0);
  let body = bytes;
  if (asksFrom > 0 && !(fault?.kind === "range" && fault.does === "ignored")) {
    if (asksFrom >= bytes.length || (fault?.kind === "range" && fault.does === "refused")) {
      return void response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    }
    const from = fault?.kind === "range" && fault.does === "shifted" ? asksFrom - 1 : asksFrom;
    body = bytes.subarray(from);
    response.statusCode = 206;
    response.setHeader("content-range", `bytes ${from}-${bytes.length - 1}/${bytes.length}`);
  }
  if (fault?.kind === "corrupt") body = Buffer.from(body.map((byte) => byte ^ 1));
  if (fault?.kind === "garbage") body = Buffer.from("<html>a proxy's login page</html>");
  const lie = fault?.kind === "length" || fault?.kind === "size" ? fault.by : 0;
  const length = Math.max(0, body.length + lie);
  response.setHeader("content-length", length);
  if (method === "HEAD") return void response.end();
  if (fault?.kind === "cut" || fault?.kind === "stall") {
    response.write(body.subarray(0, fault.after), () => {
      if (fault.kind === "cut") response.destroy();
    });
    return;
  }
  // Node itself would refuse to send another length than announced.
  response.flushHeaders();
  response.socket?.end(body.subarray(0, length));
}

/** Which files the hub keeps in LFS. */
function isLfs(name: string): boolean {
  return /\.(safetensors|bin)$/.test(name);
}

/** The hub's name for a content: SHA-256 in LFS, else as git names it. */
export function hashOf(name: string, bytes: Buffer): string {
  if (isLfs(name)) return createHash("sha256").update(bytes).digest("hex");
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** A model of some kilobytes. Its weights are noise: nobody looks into them here. */
export function tinyModel(): Record<string, Buffer> {
  const config = {
    architectures: ["LlamaForCausalLM"],
    hidden_size: 8,
    intermediate_size: 16,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    vocab_size: 32,
    eos_token_id: 2,
  };
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  return {
    "README.md": Buffer.from("not needed"),
    "config.json": json(config),
    "generation_config.json": json({ eos_token_id: 2 }),
    "model.safetensors": noise(5000, 1),
    "pytorch_model.bin": noise(100, 2),
    "tokenizer.json": json({ added_tokens: [], model: { vocab: {} } }),
    "tokenizer_config.json": json({ eos_token: "</s>" }),
  };
}

/** The same model with its weights in two shards. */
export function shardedModel(): Record<string, Buffer> {
  const { "model.safetensors": _, ...rest } = tinyModel();
  const [a, b] = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
  return {
    ...rest,
    "consolidated.safetensors": noise(300, 3),
    "model.safetensors.index.json": Buffer.from(JSON.stringify({ weight_map: { x: a, y: b, z: a } })),
    [a]: noise(3000, 4),
    [b]: noise(2000, 5),
  };
}

/** What of a model is downloaded. */
export function neededOf(files: Record<string, Buffer>): Record<string, Buffer> {
  const others = ["README.md", "pytorch_model.bin", "consolidated.safetensors"];
  return Object.fromEntries(Object.entries(files).filter(([name]) => !others.includes(name)));
}

function noise(bytes: number, seed: number): Buffer {
  const block = (i: number): Buffer => createHash("sha256").update(`${seed} ${i}`).digest();
  return Buffer.concat(Array.from({ length: Math.ceil(bytes / 32) }, (_, i) => block(i))).subarray(0, bytes);
}
