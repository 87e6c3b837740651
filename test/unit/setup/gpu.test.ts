import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { FakeMachine, tells } from "./fake-machine.ts";

let machine: FakeMachine;
beforeEach(() => {
  machine = new FakeMachine();
});
afterEach(() => machine.remove());

/** nvidia-smi with a driver that supports a CUDA. */
const smi = (driver: string, cuda: string): string => `case "$1" in
  --query-gpu=*) echo "${driver}, NVIDIA Test GPU" ;;
  *) echo "| NVIDIA-SMI ${driver}    Driver Version: ${driver}    CUDA Version: ${cuda}  |" ;;
esac`;

const device = { name: "NVIDIA Test GPU", capability: "9.0", freeBytes: 70e9, totalBytes: 80e9 };
const cuda = { version: "2.13.0+cu130", cuda: "13.0" };

/** What is found with a PyTorch and an nvidia-smi, as `what state: text → next` lines behind Python and packages. */
async function found(facts: Parameters<typeof tells>[0], nvidiaSmi?: string): Promise<string> {
  if (nvidiaSmi !== undefined) machine.program("nvidia-smi", nvidiaSmi);
  const { findings, ready } = await machine.setUp({ python: machine.python("mine", { probe: tells(facts) }) });
  assert.equal(ready, true);
  return findings
    .slice(3)
    .map(({ what, state, text, next }) => `${what} ${state}: ${text}${next === undefined ? "" : ` → ${next}`}`)
    .join("\n");
}

describe("the GPU", () => {
  test("that works is named, with driver and memory", async () => {
    const lines = await found({ torch: cuda, gpu: { devices: [device], error: null } }, smi("580.65.06", "13.0"));
    assert.equal(
      lines,
      [
        "GPU good: NVIDIA Test GPU, compute capability 9.0: PyTorch computes on it.",
        "Driver good: Version 580.65.06, which supports CUDA up to 13.0.",
        "Memory good: 70.0 GB of the GPU's 80.0 GB are free.",
      ].join("\n"),
    );
  });

  test("that others use, or that is small, is a warning", async () => {
    const used = { ...device, freeBytes: 3e9 };
    assert.match(
      await found({ torch: cuda, gpu: { devices: [used, device], error: null } }),
      /there are 1 more\.\nMemory warning: 3\.0 GB of .*`nvidia-smi` names them/,
    );
    const small = { ...device, freeBytes: 3.9e9, totalBytes: 4e9 };
    assert.match(await found({ torch: cuda, gpu: { devices: [small], error: null } }), /Memory warning: .*little/);
  });

  test("is not there: a warning", async () => {
    assert.match(
      await found({ torch: cuda }),
      /^GPU warning: No NVIDIA GPU was found: the torch engine runs on the CPU, slow but right\. .*\nMemory/,
    );
  });

  test("is not used by a build of PyTorch without CUDA, and the command that mends it is said", async () => {
    assert.match(
      await found({}, smi("570.86.10", "12.8")),
      /^GPU problem: This machine has NVIDIA Test GPU, and PyTorch 2\.13\.0\+cpu .* → .*mine -m pip install --force-reinstall torch==2\.13\.0`/,
    );
  });

  test("has a driver that is too old for this build", async () => {
    const error = "CUDA initialization: The NVIDIA driver on your system is too old (found version 11040).";
    assert.match(
      await found({ torch: cuda, gpu: { devices: [], error } }, smi("470.256.02", "11.4")),
      /^Driver problem: The driver 470\.256\.02 supports CUDA up to 11\.4; this PyTorch needs 13\.0: .* → Update NVIDIA's driver/,
    );
  });

  test("fails in a computation, or is hidden", async () => {
    const error = "RuntimeError: no kernel image is available for execution on the device";
    assert.match(
      await found({ torch: cuda, gpu: { devices: [device], error } }, smi("580.65.06", "13.0")),
      /^GPU problem: PyTorch can't use NVIDIA Test GPU: RuntimeError: no kernel image/,
    );
    assert.match(
      await found({ torch: cuda }, smi("580.65.06", "13.0")),
      /^GPU problem: .*it finds no CUDA device.*CUDA_VISIBLE_DEVICES/,
    );
  });

  test("has a driver that nvidia-smi can't reach", async () => {
    const why = "Failed to initialize NVML: Driver/library version mismatch";
    assert.match(
      await found({ torch: cuda }, `echo "${why}"; exit 18`),
      /^Driver problem: nvidia-smi can't reach the driver: Failed to initialize NVML: .* → Restart the machine/,
    );
  });

  test("is told before there is a PyTorch", async () => {
    machine.program("nvidia-smi", smi("570.86.10", "12.8"));
    const { findings } = await machine.setUp({ install: false });
    assert.deepEqual(
      findings.map(({ what, state }) => `${what} ${state}`),
      ["Python problem", "GPU good", "Driver good"],
    );
  });
});
