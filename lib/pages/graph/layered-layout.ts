import type { GraphEdge, StateGraph } from './asl-graph.ts';
import { assignLayers, backwardEdges } from './layers.ts';
import { placeInOrder } from './place-in-order.ts';

/** A node of the drawing: a state, or a bend of an edge that crosses a layer. */
export interface PlacedPoint {
  readonly layer: number;
  /** Centre, in pixels. */
  readonly x: number;
  readonly width: number;
}

export interface RoutedEdge {
  readonly edge: GraphEdge;
  /** Ids of the points it runs through, always from the upper to the lower layer. */
  readonly route: readonly string[];
  /** Whether it runs upward, against the layers. */
  readonly backward: boolean;
}

export interface Layout {
  readonly points: ReadonlyMap<string, PlacedPoint>;
  readonly edges: readonly RoutedEdge[];
  readonly loops: readonly GraphEdge[];
  readonly layers: number;
  readonly width: number;
}

const BEND_WIDTH = 10;
const GAP = 26;
const SWEEPS = 12;

/**
 * The bends of an edge, one for each layer it crosses. All catch edges into one state share their bends, so that they
 * run together in one lane instead of a sheaf of lines.
 */
function routeOf(edge: GraphEdge, layerOf: ReadonlyMap<string, number>): RoutedEdge {
  const [from = 0, to = 0] = [layerOf.get(edge.from), layerOf.get(edge.to)];
  const backward = to < from;
  const [upper, lower] = backward ? [edge.to, edge.from] : [edge.from, edge.to];
  const bends = Array.from({ length: Math.max(0, Math.abs(to - from) - 1) }, (_, at) => {
    const layer = Math.min(from, to) + at + 1;
    return JSON.stringify(edge.kind === 'catch' ? ['catch', edge.to, layer] : [edge.kind, edge.from, edge.to, layer]);
  });
  return { edge, backward, route: [upper, ...bends, lower] };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The neighbours of each point in the layer above (`up`) and below (`down`). */
function neighbours(edges: readonly RoutedEdge[]): Record<'up' | 'down', ReadonlyMap<string, readonly string[]>> {
  const up = new Map<string, string[]>();
  const down = new Map<string, string[]>();
  const add = (map: Map<string, string[]>, at: string, other: string): void => {
    map.set(at, [...(map.get(at) ?? []), other]);
  };
  for (const { route } of edges)
    route.slice(1).forEach((lower, at) => {
      const upper = route[at] ?? lower;
      add(down, upper, lower);
      add(up, lower, upper);
    });
  return { up, down };
}

/**
 * A layered drawing after Sugiyama: layers by longest path, order within a layer by barycentre, positions as close to the
 * neighbours as the order allows. Deterministic: a fixed number of sweeps, ties kept in order of definition.
 * @param widthOf the drawn width of a state, in pixels.
 */
export function layeredLayout(graph: StateGraph, widthOf: (id: string) => number): Layout {
  const loops = graph.edges.filter((edge) => edge.from === edge.to);
  const proper = graph.edges.filter((edge) => edge.from !== edge.to);
  const layerOf = new Map(assignLayers(graph, proper, backwardEdges(graph, proper)));
  const edges = proper.map((edge) => routeOf(edge, layerOf)).filter(({ route }) => route.length > 1);
  const widths = new Map(graph.nodes.map(({ id }) => [id, widthOf(id)]));
  for (const { route } of edges) {
    const top = layerOf.get(route[0] ?? '') ?? 0;
    route.forEach((id, at) => {
      if (!layerOf.has(id)) layerOf.set(id, top + at);
    });
  }
  const layers = Math.max(0, ...layerOf.values()) + 1;
  const rows = Array.from({ length: layers }, (_, layer) =>
    [...layerOf.keys()].filter((id) => layerOf.get(id) === layer),
  );
  const width = (id: string): number => widths.get(id) ?? BEND_WIDTH;
  const { up, down } = neighbours(edges);
  const x = new Map<string, number>();
  for (const row of rows)
    placeInOrder(
      row.map((id) => ({ id, wish: 0, width: width(id) })),
      GAP,
    ).forEach((at, id) => x.set(id, at));

  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const downward = sweep % 2 === 0;
    // The last sweeps no longer change the order, so that positions settle.
    const ordering = sweep < SWEEPS - 4;
    for (const row of downward ? rows : rows.toReversed()) {
      const wishOf = (id: string): number => {
        const others =
          (ordering ? (downward ? up : down).get(id) : [...(up.get(id) ?? []), ...(down.get(id) ?? [])]) ?? [];
        return others.length === 0 ? (x.get(id) ?? 0) : mean(others.map((other) => x.get(other) ?? 0));
      };
      const wishes = new Map(row.map((id) => [id, wishOf(id)]));
      if (ordering) row.sort((a, b) => (wishes.get(a) ?? 0) - (wishes.get(b) ?? 0));
      const placed = placeInOrder(
        row.map((id) => ({ id, wish: wishes.get(id) ?? 0, width: width(id) })),
        GAP,
      );
      placed.forEach((at, id) => x.set(id, at));
    }
  }

  const left = Math.min(...[...x].map(([id, at]) => at - width(id) / 2));
  const right = Math.max(...[...x].map(([id, at]) => at + width(id) / 2));
  const points = new Map(
    [...x].map(([id, at]) => [id, { layer: layerOf.get(id) ?? 0, x: Math.round(at - left), width: width(id) }]),
  );
  return { points, edges, loops, layers, width: Math.round(right - left) };
}
