import type { Tensor } from "onnxruntime-node";
import type { PolicyId } from "../../engine.ts";
import { sizeOf } from "../graph/graph.ts";
import type { Parameter } from "../llama/shape.ts";
import { float32 } from "../runtime/sessions.ts";

/** The weights of one policy. */
export interface PolicyWeights {
  /** Those that are trained, in one buffer. */
  readonly flat: Float32Array;
  /** All others, by name; shared by the policies of one base model. */
  readonly fixed: ReadonlyMap<string, Tensor>;
}

/**
 * The weights of all policies. Trainable weights lie in one flat buffer a policy, so that a snapshot, a save or an
 * optimizer step is one pass over one array; the programs read the same memory through per-tensor views.
 */
export class PolicyStore {
  readonly trainable: readonly Parameter[];
  /** Elements of the flat buffer. */
  readonly size: number;
  readonly #fixed: ReadonlyMap<string, Tensor>;
  readonly #flat = new Map<PolicyId, Float32Array>();
  readonly #tensors = new Map<PolicyId, ReadonlyMap<string, Tensor>>();
  #snapshots = 0;

  /**
   * @param trainable weights that are trained, in memory order
   * @param opened    the policy to train · @param reference the frozen one, if it is not the same
   */
  constructor(trainable: readonly Parameter[], opened: PolicyWeights, reference: PolicyWeights | undefined) {
    this.trainable = trainable;
    this.size = opened.flat.length;
    this.#fixed = opened.fixed;
    this.#add("current", opened);
    this.#add("reference", reference ?? { flat: opened.flat.slice(), fixed: opened.fixed });
  }

  #add(policy: PolicyId, { flat, fixed }: PolicyWeights): void {
    const tensors = new Map(fixed);
    for (const { name, shape, view } of views(this.trainable, flat)) tensors.set(name, float32(view, shape));
    this.#flat.set(policy, flat);
    this.#tensors.set(policy, tensors);
  }

  /** The policy's trainable weights; writing to `current` trains it. */
  flat(policy: PolicyId): Float32Array {
    const flat = this.#flat.get(policy);
    if (!flat) throw new Error(`there is no policy ${policy}`);
    return flat;
  }

  /** All weights of a policy, as program inputs. */
  tensors(policy: PolicyId): ReadonlyMap<string, Tensor> {
    this.flat(policy);
    return this.#tensors.get(policy)!;
  }

  snapshot(): PolicyId {
    const id: PolicyId = `snapshot-${++this.#snapshots}`;
    this.#add(id, { flat: this.flat("current").slice(), fixed: this.#fixed });
    return id;
  }

  release(policy: PolicyId): void {
    if (!policy.startsWith("snapshot-")) throw new Error(`policy ${policy} can't be released`);
    this.flat(policy);
    this.#flat.delete(policy);
    this.#tensors.delete(policy);
  }
}

/** The flat buffer cut into its tensors, without copying. */
export function views(
  parameters: readonly Parameter[],
  flat: Float32Array,
): { name: string; shape: readonly number[]; view: Float32Array }[] {
  let offset = 0;
  return parameters.map(({ name, shape }) => {
    const view = flat.subarray(offset, offset + sizeOf(shape));
    offset += view.length;
    return { name, shape, view };
  });
}
