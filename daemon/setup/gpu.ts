import { bytes } from "../text/numbers.ts";
import { type Finding, good, problem, warning } from "./finding.ts";
import type { Driver } from "./nvidia.ts";
import type { Facts } from "./probe.ts";

/** Less than this is little for training a language model, bytes: a judgement, not a limit [ours]. */
const littleGpuMemory = 8e9;
const littleMemory = 4e9;

/** What a machine has for PyTorch to compute on. */
export interface Hardware {
  readonly driver: Driver;
  /** The machine's memory, bytes. */
  readonly memory: { readonly free: number; readonly total: number };
}

/** Whether PyTorch can compute on the GPU, and if not, why. @param python its interpreter, for commands to copy */
export function gpuFindings({ torch, gpu }: Facts, { driver, memory }: Hardware, python: string): Finding[] {
  if (!torch || !gpu) return driverAlone(driver);
  const [first] = gpu.devices;
  if (first && gpu.error === null) {
    const more = gpu.devices.length > 1 ? ` Runs use this one; there are ${gpu.devices.length - 1} more.` : "";
    const text = `${first.name}, compute capability ${first.capability}: PyTorch computes on it.${more}`;
    return [good("GPU", text), ...driverAlone(driver).filter(({ what }) => what === "Driver"), gpuMemory(first)];
  }
  return [withoutGpu(torch, gpu.error, driver, python), machineMemory(memory)];
}

/** What can be said before there is a PyTorch. */
function driverAlone(driver: Driver): Finding[] {
  switch (driver.state) {
    case "absent":
      return [noGpu];
    case "broken":
      return [brokenDriver(driver.why)];
    case "works": {
      const supports = driver.cuda ? `, which supports CUDA up to ${driver.cuda.join(".")}` : "";
      return [good("GPU", `${driver.gpus.join(", ")}.`), good("Driver", `Version ${driver.version}${supports}.`)];
    }
  }
}

/** Why PyTorch has no GPU. */
function withoutGpu(torch: NonNullable<Facts["torch"]>, error: string | null, driver: Driver, python: string): Finding {
  if (driver.state === "absent") return noGpu;
  if (driver.state === "broken") return brokenDriver(driver.why);
  const gpus = driver.gpus.join(", ");
  if (torch.cuda === null) {
    return problem(
      "GPU",
      `This machine has ${gpus}, and PyTorch ${torch.version} is a build without CUDA: runs would use the CPU, which is slow.`,
      `Put the CUDA build in its place: \`${python} -m pip install --force-reinstall torch==${torch.version.split("+")[0]}\`.`,
    );
  }
  // Since CUDA 11 a driver runs every build of the same major version.
  if (driver.cuda && driver.cuda[0] < Number.parseInt(torch.cuda, 10)) {
    return problem(
      "Driver",
      `The driver ${driver.version} supports CUDA up to ${driver.cuda.join(".")}; this PyTorch needs ${torch.cuda}: runs would use the CPU, which is slow.`,
      `Update NVIDIA's driver, or name an environment whose PyTorch is built for CUDA ${driver.cuda[0]}: \`sparring setup torch --python PATH\`.`,
    );
  }
  return problem(
    "GPU",
    `PyTorch can't use ${gpus}: ${error ?? "it finds no CUDA device"}. Runs would use the CPU, which is slow.`,
    "Look whether CUDA_VISIBLE_DEVICES hides it from the daemon, restart the machine if the driver was just updated, and run `sparring setup torch --check` again.",
  );
}

const noGpu = warning(
  "GPU",
  "No NVIDIA GPU was found: the torch engine runs on the CPU, slow but right.",
  "If there is one, install NVIDIA's driver so that `nvidia-smi` shows it.",
);

function brokenDriver(why: string): Finding {
  return problem(
    "Driver",
    `nvidia-smi can't reach the driver: ${why}`,
    "Restart the machine; if that does not help, install NVIDIA's driver anew.",
  );
}

function gpuMemory({ freeBytes, totalBytes }: NonNullable<Facts["gpu"]>["devices"][number]): Finding {
  const text = `${bytes(freeBytes)} of the GPU's ${bytes(totalBytes)} are free.`;
  if (freeBytes < totalBytes / 2) {
    return warning("Memory", text, "Other programs hold the rest; `nvidia-smi` names them.");
  }
  return totalBytes < littleGpuMemory ? warning("Memory", text, lookFirst) : good("Memory", text);
}

function machineMemory({ free, total }: Hardware["memory"]): Finding {
  const text = `${bytes(free)} of ${bytes(total)} are free.`;
  return free < littleMemory ? warning("Memory", text, lookFirst) : good("Memory", text);
}

const lookFirst = "That is little for training; estimate what a config needs before you start it, and use LoRA.";
