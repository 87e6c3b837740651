import { type Finding, good, problem, warning } from "./finding.ts";
import { isPinned, type Pin } from "./pins.ts";
import type { Facts } from "./probe.ts";

/** The oldest whose documentation has all that the worker calls: `varlen_attn` with `window_size` and `enable_gqa`. */
const leastTorch = [2, 12] as const;

/** PyTorch and the other packages of an environment against the pins. @param python its interpreter, for commands to copy */
export function packageFindings(
  { torch, torchError, packages }: Facts,
  pins: readonly Pin[],
  python: string,
): Finding[] {
  return [torchFinding(torch, torchError, pins, python), ...otherFindings(packages, pins, python)];
}

function torchFinding(torch: Facts["torch"], error: string | null, pins: readonly Pin[], python: string): Finding {
  const pin = pins.find(({ name }) => name === "torch")!;
  const install = `Install it: \`${python} -m pip install torch==${pin.version}\`.`;
  if (!torch) {
    if (error === null) return problem("PyTorch", "It is not installed there.", install);
    return problem(
      "PyTorch",
      `It can't be loaded: ${error}.`,
      `Install it anew: \`${python} -m pip install --force-reinstall torch==${pin.version}\`.`,
    );
  }
  const build = torch.cuda === null ? "a build without CUDA" : `built for CUDA ${torch.cuda}`;
  const [major = 0, minor = 0] = torch.version.split(".").map(Number);
  if (major < leastTorch[0] || (major === leastTorch[0] && minor < leastTorch[1])) {
    return problem("PyTorch", `Version ${torch.version} is too old: ${leastTorch.join(".")} is the least.`, install);
  }
  if (isPinned(pin, torch.version)) return good("PyTorch", `Version ${torch.version}, ${build}.`);
  const text = `Version ${torch.version}, ${build}. Sparring is tested with ${pin.version}.`;
  return warning(
    "PyTorch",
    text,
    `It may well work; if it does not: \`${python} -m pip install torch==${pin.version}\`.`,
  );
}

function otherFindings(packages: Facts["packages"], pins: readonly Pin[], python: string): Finding[] {
  const others = pins.filter(({ name }) => name !== "torch");
  const missing = others.filter(({ name }) => !packages[name]);
  const quoted = (some: readonly Pin[]): string => some.map(({ name, version }) => `${name}==${version}`).join(" ");
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(" and ");
    const text = `${names} ${missing.length === 1 ? "is" : "are"} not installed there.`;
    return [problem("Packages", text, `Install: \`${python} -m pip install ${quoted(missing)}\`.`)];
  }
  const found = others.map(({ name }) => `${name} ${packages[name]}`).join(", ");
  const different = others.filter((pin) => !isPinned(pin, packages[pin.name]!));
  if (different.length === 0) return [good("Packages", `${found}.`)];
  const text = `${found}. Sparring is tested with ${quoted(different).replaceAll("==", " ")}.`;
  return [warning("Packages", text, `If something fails: \`${python} -m pip install ${quoted(different)}\`.`)];
}
