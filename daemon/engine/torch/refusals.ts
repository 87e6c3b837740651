import { SparringError } from "../../errors.ts";

/** What the worker answers in place of a value when it can't do as asked: see worker/refused.py. */
export interface Refusal {
  readonly kind: string;
  readonly place?: string;
  readonly detail?: string;
  readonly tensor?: string;
  readonly python?: string;
}

/**
 * A refusal as an error for people.
 * @param requirements the worker's requirements.txt
 */
export function refusalError(refusal: Refusal, requirements: string): Error {
  const { kind, detail, tensor, python } = refusal;
  const place = refusal.place === undefined ? {} : { place: refusal.place };
  switch (kind) {
    case "no-torch":
      return new SparringError(
        "engine/no-torch",
        `${python} can't load what the torch engine needs: ${detail}.`,
        `Install it: ${python} -m pip install -r ${requirements}`,
      );
    case "not-finite":
      return new SparringError(
        "engine/not-finite",
        "The gradient is not finite: this step was not taken and the weights are as before.",
        "Fork an earlier checkpoint with a lower optimizer.lr or a higher kl.beta: `sparring fork <run>@<round> optimizer.lr=…`.",
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
