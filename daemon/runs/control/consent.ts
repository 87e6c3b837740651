import { dirname } from "node:path";
import { describeChanges } from "../../config/changes.ts";
import type { Config } from "../../config/schema.ts";
import { settingsThatNeedTrust, type TrustedSetting } from "../../config/trust.ts";
import { SparringError } from "../../errors.ts";

/**
 * Refuses a config that comes from a folder which nobody trusts and decides what only a trusted one may. A cloned repository can
 * hold any config, and must not start programs or send keys to servers with it.
 * @param file    the config file; undefined where none is known, which is then not trusted
 * @param covers  whether a folder is trusted
 * @param next    what to do where a file's is not
 * @throws SparringError `run/not-trusted`
 */
export async function requireTrust(
  settings: readonly TrustedSetting[],
  file: string | undefined,
  covers: (folder: string) => Promise<boolean>,
  next = `Read the config; if you agree, trust its folder: \`sparring run ${file} --trust\`.`,
): Promise<void> {
  const [first] = settings;
  if (!first || (file !== undefined && (await covers(dirname(file))))) return;
  const more =
    settings.length > 1
      ? ` (and ${settings
          .slice(1)
          .map(({ path }) => path)
          .join(", ")})`
      : "";
  throw new SparringError(
    "run/not-trusted",
    `${first.path}${more} in this config ${first.why}, and you have not trusted its folder.`,
    file === undefined ? "Start the run from a config file in a folder that you trust." : next,
    file === undefined ? {} : { place: file },
  );
}

/**
 * As `requireTrust`, of a fork: what it has from its parent was trusted there, so only what its file changes counts.
 * @param before the parent's config · @param after the fork's
 * @throws SparringError `run/not-trusted`
 */
export function requireForkTrust(
  before: Config,
  after: Config,
  file: string,
  covers: (folder: string) => Promise<boolean>,
): Promise<void> {
  const changes = describeChanges(before, after);
  const decided = settingsThatNeedTrust(after).filter(({ path }) => path in changes);
  const next = "Read its changes; if you agree, trust its folder where the editor asks, or give the settings yourself.";
  return requireTrust(decided, file, covers, next);
}
