import type { Graph, Value } from "../graph/graph.ts";
import { rules } from "./rules.ts";

/**
 * Reverse-mode differentiation: adds to the graph the nodes that compute d(Σ seed·output)/dx for every x asked for.
 * Operations that do not lie between an asked-for value and the output get no nodes.
 * @param seed dL/doutput, of the output's shape
 * @returns one gradient per value in `wrt`, of its shape
 */
export function gradients(graph: Graph, output: Value, seed: Value, wrt: readonly Value[]): Value[] {
  const operations = [...graph.operations];

  // Forward: which values depend on something asked for?
  const active = new Set(wrt.map((value) => value.name));
  for (const operation of operations) {
    if (operation.inputs.some((input) => active.has(input.name))) {
      for (const result of operation.outputs) active.add(result.name);
    }
  }

  const gradient = new Map<string, Value>([[output.name, seed]]);
  for (const operation of operations.reverse()) {
    const upstream = gradient.get(operation.outputs[0].name);
    if (!upstream || !active.has(operation.outputs[0].name)) continue;
    const rule = rules[operation.kind];
    if (!rule) throw new Error(`no gradient rule for ${operation.kind}`);
    const needed = operation.inputs.map((input) => active.has(input.name));
    for (const [index, part] of rule(operation, upstream, needed).entries()) {
      if (!part || !needed[index]) continue;
      const { name, shape } = operation.inputs[index];
      const before = gradient.get(name);
      gradient.set(name, before ? graph.node("Add", [before, part], shape) : part);
    }
  }
  return wrt.map((value) => {
    const found = gradient.get(value.name);
    if (!found) throw new Error(`${value.name} does not influence ${output.name}`);
    return found;
  });
}
