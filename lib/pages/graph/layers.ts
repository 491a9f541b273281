import type { GraphEdge, StateGraph } from './asl-graph.ts';

function outgoing(edges: readonly GraphEdge[], from: string): readonly GraphEdge[] {
  return edges.filter((edge) => edge.from === from);
}

/** The edges that close a cycle when the graph is walked depth first from its start: they are drawn upward. */
export function backwardEdges(graph: StateGraph, edges: readonly GraphEdge[]): ReadonlySet<GraphEdge> {
  const backward = new Set<GraphEdge>();
  const done = new Set<string>();
  const walk = (id: string, path: readonly string[]): void => {
    if (done.has(id)) return;
    for (const edge of outgoing(edges, id)) {
      if (edge.to === id || path.includes(edge.to)) backward.add(edge);
      else walk(edge.to, [...path, id]);
    }
    done.add(id);
  };
  for (const id of [graph.start, ...graph.nodes.map((node) => node.id)]) walk(id, []);
  return backward;
}

/** The layer of each state: the length of the longest way to it from a state that nothing leads to. */
export function assignLayers(
  graph: StateGraph,
  edges: readonly GraphEdge[],
  backward: ReadonlySet<GraphEdge>,
): ReadonlyMap<string, number> {
  const forward = edges.filter((edge) => !backward.has(edge));
  const layers = new Map<string, number>();
  const layerOf = (id: string): number => {
    const known = layers.get(id);
    if (known !== undefined) return known;
    const before = forward.filter((edge) => edge.to === id).map((edge) => layerOf(edge.from) + 1);
    const layer = Math.max(0, ...before);
    layers.set(id, layer);
    return layer;
  };
  for (const { id } of graph.nodes) layerOf(id);
  return layers;
}
