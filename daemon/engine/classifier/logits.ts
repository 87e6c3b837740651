import { widenF16 } from "../../models/floats.ts";

/**
 * The values of a tensor of logits.
 * @param data   ONNX Runtime's: of float32 a Float32Array; of float16 bits, or where JavaScript has it a Float16Array over them
 * @param isHalf whether they are float16
 */
export function logitsOf(data: ArrayBufferView, isHalf: boolean): Float32Array {
  const { buffer, byteOffset, byteLength } = data;
  return isHalf
    ? widenF16(new Uint16Array(buffer, byteOffset, byteLength / 2))
    : new Float32Array(buffer, byteOffset, byteLength / 4);
}
