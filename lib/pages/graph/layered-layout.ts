import type { GraphEdge, StateGraph } from './asl-graph.ts';
import { assignLayers, backwardEdges } from './layers.ts';
import { placeInOrder } from './place-in-order.ts';

/** A point of the drawing: a state, or a bend where an edge crosses a layer. */
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

/** How wide things are drawn, in pixels. */
export interface Measures {
  readonly state: (id: string) => number;
  readonly label: (text: string) => number;
}

interface Neighbour {
  readonly id: string;
  readonly weight: number;
}

interface Wish {
  readonly wish: number;
  readonly weight: number;
}

type Neighbours = ReadonlyMap<string, readonly Neighbour[]>;

const BEND_WIDTH = 8;
const GAP = 24;
const LANE_GAP = 14;
const IDLE_WEIGHT = 0.01;
const ORDERING_SWEEPS = 12;
const SETTLING_SWEEPS = 120;

// A state's name never starts with NUL, so no state is taken for a bend.
const BEND = '\u0000';
const isBend = (id: string): boolean => id.startsWith(BEND);
const bendId = (...of: readonly (string | number)[]): string => BEND + JSON.stringify(of);
const isCatchLane = (id: string): boolean => id.startsWith(`${BEND}["catch",`);
const catchTarget = (id: string): string => String(JSON.parse(id.slice(BEND.length))[1]);

/**
 * The way of an edge with a bend in every layer that it crosses. All catch edges into one state share their bends, so that
 * they run together in one lane instead of a sheaf of lines.
 */
function routeOf(edge: GraphEdge, layerOf: ReadonlyMap<string, number>): RoutedEdge {
  const [from = 0, to = 0] = [layerOf.get(edge.from), layerOf.get(edge.to)];
  const backward = to < from;
  const [upper, lower] = backward ? [edge.to, edge.from] : [edge.from, edge.to];
  const bends = Array.from({ length: Math.max(0, Math.abs(to - from) - 1) }, (_, at) => {
    const layer = Math.min(from, to) + at + 1;
    return edge.kind === 'catch' ? bendId('catch', edge.to, layer) : bendId(edge.kind, edge.from, edge.to, layer);
  });
  return { edge, backward, route: [upper, ...bends, lower] };
}

/** How much an edge pulls its ends under each other: bends most, so that long edges run straight; catches least. */
function pull(edge: GraphEdge, upper: string, lower: string): number {
  const bends = [upper, lower].filter(isBend).length;
  if (bends === 2) return 8;
  if (edge.kind === 'catch') return 0.05;
  return edge.kind === 'next' && bends === 0 ? 4 : 1;
}

function neighbours(edges: readonly RoutedEdge[]): { readonly up: Neighbours; readonly down: Neighbours } {
  const up = new Map<string, Neighbour[]>();
  const down = new Map<string, Neighbour[]>();
  const add = (map: Map<string, Neighbour[]>, at: string, other: Neighbour): void => {
    map.set(at, [...(map.get(at) ?? []), other]);
  };
  for (const { edge, route } of edges)
    route.slice(1).forEach((lower, at) => {
      const upper = route[at] ?? lower;
      const weight = pull(edge, upper, lower);
      add(down, upper, { id: lower, weight });
      add(up, lower, { id: upper, weight });
    });
  return { up, down };
}

/** Where a point would like to be, and how much: the weighted mean of its neighbours, or where it is when it has none. */
function wishOf(id: string, around: readonly Neighbour[], x: ReadonlyMap<string, number>): Wish {
  const weight = around.reduce((sum, other) => sum + other.weight, 0);
  const moment = around.reduce((sum, other) => sum + other.weight * (x.get(other.id) ?? 0), 0);
  return weight === 0 ? { wish: x.get(id) ?? 0, weight: IDLE_WEIGHT } : { wish: moment / weight, weight };
}

/** A row in the order of its wishes, the lanes of catches outermost on the right. */
function inOrderOf(row: readonly string[], wish: (id: string) => Wish): string[] {
  const wishes = new Map(row.map((id) => [id, isCatchLane(id) ? Number.MAX_VALUE : wish(id).wish]));
  return row.toSorted((a, b) => (wishes.get(a) ?? 0) - (wishes.get(b) ?? 0));
}

/** Lays the lanes of catches straight down to the right of everything else, one beside the other. */
function layLanes(rows: readonly (readonly string[])[], x: Map<string, number>, width: (id: string) => number): void {
  const ids = rows.flat();
  const right = Math.max(...ids.filter((id) => !isCatchLane(id)).map((id) => (x.get(id) ?? 0) + width(id) / 2));
  const lanes = ids.filter(isCatchLane);
  const targets = [...new Set(lanes.map(catchTarget))];
  for (const id of lanes) x.set(id, right + GAP + targets.indexOf(catchTarget(id)) * LANE_GAP);
}

/** The points of every row, with their widths: a bend that carries a label is as wide as the label. */
function rowsOf(
  layerOf: ReadonlyMap<string, number>,
  edges: readonly RoutedEdge[],
  measures: Measures,
): { readonly rows: readonly (readonly string[])[]; readonly width: (id: string) => number } {
  const layers = new Map(layerOf);
  const widths = new Map([...layerOf.keys()].map((id) => [id, measures.state(id)]));
  for (const { edge, route, backward } of edges) {
    const top = layerOf.get(route[0] ?? '') ?? 0;
    route.slice(1, -1).forEach((id, at) => {
      layers.set(id, top + at + 1);
      const labelled = at === 0 && edge.label !== undefined && !backward;
      widths.set(id, labelled ? measures.label(edge.label) : BEND_WIDTH);
    });
  }
  const count = Math.max(0, ...layers.values()) + 1;
  const rows = Array.from({ length: count }, (_, layer) => [...layers.keys()].filter((id) => layers.get(id) === layer));
  return { rows, width: (id) => widths.get(id) ?? BEND_WIDTH };
}

/**
 * A layered drawing after Sugiyama: layers by longest path, order within a layer by barycentre, positions as close to the
 * neighbours as the order allows. For graphs with at least one state. Deterministic: a fixed number of sweeps, ties kept in
 * order of definition.
 */
export function layeredLayout(graph: StateGraph, measures: Measures): Layout {
  const loops = graph.edges.filter((edge) => edge.from === edge.to);
  const proper = graph.edges.filter((edge) => edge.from !== edge.to);
  const layerOf = assignLayers(graph, proper, backwardEdges(graph, proper));
  const edges = proper.map((edge) => routeOf(edge, layerOf));
  const { rows, width } = rowsOf(layerOf, edges, measures);
  const { up, down } = neighbours(edges);

  const order = rows.map((row) => [...row]);
  const x = new Map<string, number>();
  const place = (row: readonly string[], wish: (id: string) => Wish): void => {
    const placed = placeInOrder(
      row.map((id) => ({ id, ...wish(id), width: width(id) })),
      GAP,
    );
    for (const [id, at] of placed) x.set(id, at);
  };
  const reorder = (layer: number, wish: (id: string) => Wish): void => {
    const row = inOrderOf(order[layer] ?? [], wish);
    order[layer] = row;
    place(row, wish);
  };
  const middle = (): Wish => ({ wish: 0, weight: 1 });
  const topDown = order.map((_, layer) => layer);

  for (const layer of topDown) reorder(layer, middle);
  for (let sweep = 0; sweep < ORDERING_SWEEPS; sweep += 1) {
    const [side, layers] = sweep % 2 === 0 ? [up, topDown] : [down, topDown.toReversed()];
    for (const layer of layers) reorder(layer, (id) => wishOf(id, side.get(id) ?? [], x));
  }
  const settled = order.map((row) => row.filter((id) => !isCatchLane(id)));
  const around = (id: string): readonly Neighbour[] =>
    [...(up.get(id) ?? []), ...(down.get(id) ?? [])].filter((other) => !isCatchLane(other.id));
  // The order is found; positions start afresh from the middle, so that nothing keeps the drift of the ordering.
  for (const row of settled) place(row, middle);
  for (let sweep = 0; sweep < SETTLING_SWEEPS; sweep += 1)
    for (const layer of sweep % 2 === 0 ? topDown : topDown.toReversed())
      place(settled[layer] ?? [], (id) => wishOf(id, around(id), x));
  layLanes(order, x, width);

  const left = Math.min(...[...x].map(([id, at]) => at - width(id) / 2));
  const right = Math.max(...[...x].map(([id, at]) => at + width(id) / 2));
  const points = new Map(
    order.flatMap((row, layer) =>
      row.map((id) => [id, { layer, x: Math.round((x.get(id) ?? 0) - left), width: width(id) }] as const),
    ),
  );
  return { points, edges, loops, layers: rows.length, width: Math.round(right - left) };
}
