import { SparringError } from "../../errors.ts";

/** What the worker answers in place of a value when it can't do as asked: see worker/refused.py. */
export interface Refusal {
  readonly kind: string;
  readonly place?: string;
  readonly detail?: string;
  readonly tensor?: string;
  readonly tokens?: string;
  readonly python?: string;
}

/**
 * A refusal as an error for people.
 * @param requirements the worker's requirements.txt
 */
export function refusalError(refusal: Refusal, requirements: string): Error {
  const { kind, detail, tensor, tokens, python } = refusal;
  const place = refusal.place === undefined ? {} : { place: refusal.place };
  switch (kind) {
    case "no-torch":
      return new SparringError(
        "engine/no-torch",
        `${python} can't load what the torch engine needs: ${detail}.`,
        `Run \`sparring setup torch\`, which makes an environment that has it. For this one: ${python} -m pip install -r ${requirements}`,
      );
    case "torch-without-cuda":
      return new SparringError(
        "engine/torch-without-cuda",
        `PyTorch ${detail} was built for the CPU alone, so engine.device: cuda can't be had.`,
        "Install a build of PyTorch with CUDA (`sparring setup torch` does), or set engine.device: cpu.",
      );
    case "no-gpu":
      return new SparringError(
        "engine/no-gpu",
        `PyTorch can't use the GPU: ${detail}`,
        "Check that `nvidia-smi` shows a GPU, and bring its driver up to date; `sparring setup torch` says more. Or set engine.device: cpu.",
      );
    case "gpu-too-unlike":
      return new SparringError(
        "engine/gpu-not-supported",
        `This PyTorch was not built for the GPU ${detail}.`,
        "Use another GPU or a build of PyTorch that supports it, or set engine.device: cpu.",
      );
    case "out-of-memory":
      return new SparringError(
        "engine/out-of-memory",
        `Memory does not suffice for a single sequence of ${tokens} tokens.`,
        "Lower solver.max_tokens and challenger.max_tokens, take a smaller model or a lower adapter.rank, or free memory that other processes use.",
      );
    case "not-finite":
      return new SparringError(
        "engine/not-finite",
        "The gradient is not finite: this step was not taken and the weights are as before.",
        "Fork an earlier checkpoint with a lower learning rate or a stronger pull towards the reference: `sparring fork <run>@<round> optimizer.lr=…`.",
      );
    case "state-does-not-fit":
      return new SparringError(
        "engine/state-does-not-fit",
        `${tensor} is missing or has another size: this state belongs to another model or adapter.`,
        "Open the model and adapter settings that the state was saved with.",
        place,
      );
    case "weights-do-not-fit":
      return new SparringError(
        "model/weights-do-not-fit",
        `the weights are not those that config.json describes: ${detail}`,
        "Check that config.json and the safetensors files belong together, and that model and reference are of one shape.",
        place,
      );
    case "corrupt":
      return new SparringError(
        "model/corrupt-safetensors",
        `the weights can't be read: ${detail}`,
        "Download or export the file again, and compare its size or checksum with the source.",
        place,
      );
    default:
      return new Error(`the torch engine's worker refused: ${JSON.stringify(refusal)}`);
  }
}
