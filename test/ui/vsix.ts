import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Packs the bundles that test/run.ts has built, as `npm run package` does. */
export async function packVsix(file: string): Promise<void> {
  await promisify(execFile)("npm", ["run", "--silent", "vsix", "--", "--out", file]);
}
