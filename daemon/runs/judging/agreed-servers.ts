import type { Config } from "../../config/schema.ts";
import { usedSettings } from "../../config/used.ts";
import { NeedsAgreementError, SparringError } from "../../errors.ts";
import type { Store } from "../../store/store.ts";

/**
 * Passes where a run's texts may be sent to a server, given as its origin; asked before each batch of them.
 * @throws NeedsAgreementError `run/needs-agreement`
 */
export type MayAsk = (origin: string) => Promise<void>;

/** Whether its user has agreed to a server for this run, as its folder says at that moment. */
export function mayAskFor(store: Store, run: string): MayAsk {
  return (origin) => requireAgreement(store, run, [origin]);
}

/** The servers that a config's judges ask, as origins: none for most configs. */
export function serversOf(config: Config): string[] {
  const url = usedSettings(config).get("judge.endpoint.url");
  return typeof url === "string" ? [new URL(url).origin] : [];
}

/**
 * Passes where a run's user has agreed to all of these servers.
 * @param now origins to which they agree with the very request; not on disk yet
 * @throws NeedsAgreementError `run/needs-agreement`, which names the others; SparringError as `Store.agreed`
 */
export async function requireAgreement(
  store: Store,
  run: string,
  servers: readonly string[],
  now: readonly string[] = [],
): Promise<void> {
  if (servers.length === 0) return;
  const agreed = [...(await store.agreed(run)), ...now];
  const missing = servers.filter((origin) => !agreed.includes(origin));
  if (missing.length > 0) throw needsAgreement(run, missing);
}

/** Refuses what is no origin: an agreement to it would never hold. @throws SparringError `run/bad-origin` */
export function requireOrigins(origins: readonly string[]): void {
  const bad = origins.find((origin) => originOf(origin) !== origin);
  if (bad === undefined) return;
  const meant = originOf(bad);
  throw new SparringError(
    "run/bad-origin",
    `${JSON.stringify(bad)} is not the origin of a server (scheme, host and port).`,
    meant === undefined
      ? "Give it like `https://api.example.com` or `http://127.0.0.1:8000`."
      : `Give \`${meant}\`, if that is the server you mean.`,
  );
}

/** The origin of an address of the web; undefined for any other text. */
function originOf(address: string): string | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url.origin : undefined;
}

function needsAgreement(run: string, origins: readonly string[]): NeedsAgreementError {
  const options = origins.map((origin) => `--send-to ${origin}`).join(" ");
  return new NeedsAgreementError(
    "run/needs-agreement",
    `The queries and answers of run "${run}" would be sent to ${origins.join(" and ")}, and you have not agreed to that for this run.`,
    `If you agree, add \`${options}\` to the command (run, fork, resume, eval, chat --replay), or say so in the editor's dialog.`,
    origins,
  );
}
