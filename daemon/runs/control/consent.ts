import { dirname } from "node:path";
import type { TrustedSetting } from "../../config/trust.ts";
import { SparringError } from "../../errors.ts";

/**
 * Refuses a config that comes from a folder which nobody trusts and decides what only a trusted one may. A cloned repository can
 * hold any config, and must not start programs or send keys to servers with it.
 * @param file    the config file; undefined where none is known, which is then not trusted
 * @param covers  whether a folder is trusted
 * @throws SparringError `run/not-trusted`
 */
export async function requireTrust(
  settings: readonly TrustedSetting[],
  file: string | undefined,
  covers: (folder: string) => Promise<boolean>,
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
    file === undefined
      ? "Start the run from a config file in a folder that you trust."
      : `Read the config; if you agree, trust its folder: \`sparring run ${file} --trust\`.`,
    file === undefined ? {} : { place: file },
  );
}
