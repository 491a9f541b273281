import { shortened } from '../clean-text.ts';
import { type Markup, markup } from '../markup.ts';
import { type GraphNode, graphOfDefinition } from './asl-graph.ts';
import { type Layout, layeredLayout, type RoutedEdge } from './layered-layout.ts';

/** What the drawing shows of a run: the states entered, in order and with repeats, and the one it is in. */
export interface DrawnRun {
  readonly definition: unknown;
  readonly visited: readonly string[];
  readonly current?: string;
}

const NODE_HEIGHT = 44;
const LAYER_HEIGHT = 86;
const MARGIN = 18;
const CHARACTER_WIDTH = 7.6;
const LABEL_CHARACTER_WIDTH = 6;

const labelText = (label: string): string => shortened(label, 24);
const labelOf = (id: string): string => shortened(id, 28);

function nodeWidth(node: GraphNode): number {
  const characters = Math.max([...labelOf(node.id)].length, [...node.type].length * 0.85);
  return Math.round(characters * CHARACTER_WIDTH + 34);
}

const centreY = (layer: number): number => MARGIN + layer * LAYER_HEIGHT + NODE_HEIGHT / 2;

function shapeOf(node: GraphNode, x: number, y: number, width: number): Markup {
  const [left, top, right] = [x - width / 2, y - NODE_HEIGHT / 2, x + width / 2];
  if (node.type === 'Choice')
    return markup`<path class="box" d="M${left + 12} ${top}H${right - 12}L${right} ${y}L${right - 12} ${top + NODE_HEIGHT}H${left + 12}L${left} ${y}Z"/>`;
  const radius = node.type === 'Succeed' || node.type === 'Fail' ? NODE_HEIGHT / 2 : 6;
  return markup`<rect class="box" x="${left}" y="${top}" width="${width}" height="${NODE_HEIGHT}" rx="${radius}"/>`;
}

function drawNode(node: GraphNode, layout: Layout, run: DrawnRun): Markup | false {
  const point = layout.points.get(node.id);
  if (point === undefined) return false;
  const x = point.x + MARGIN;
  const y = centreY(point.layer);
  const visits = run.visited.flatMap((id, at) => (id === node.id ? [at + 1] : []));
  const here = run.current === node.id;
  const order = visits.length > 3 ? `${visits.slice(0, 2).join(', ')} … ${visits.at(-1)}` : visits.join(', ');
  const badgeWidth = order.length * 6.4 + 12;
  return markup`<g class="node${visits.length > 0 && ' seen'}${here && ' here'}">${shapeOf(node, x, y, point.width)}<text class="name" x="${x}" y="${y - 2}">${labelOf(node.id)}</text><text class="type" x="${x}" y="${y + 13}">${here ? `${node.type} · now` : node.type}</text>${visits.length > 0 && markup`<rect class="badge" x="${x - point.width / 2 - 8}" y="${y - NODE_HEIGHT / 2 - 9}" width="${badgeWidth}" height="18" rx="9"/><text class="order" x="${x - point.width / 2 - 8 + badgeWidth / 2}" y="${y - NODE_HEIGHT / 2 + 4}">${order}</text>`}</g>`;
}

function drawEdge(routed: RoutedEdge, layout: Layout, taken: ReadonlySet<string>): Markup {
  const { edge, route, backward } = routed;
  const at = route.map((id, index) => {
    const point = layout.points.get(id);
    const y = centreY(point?.layer ?? 0);
    const half = NODE_HEIGHT / 2;
    // A bend is passed straight through; a state is left at its lower edge and entered at its upper one.
    const isEnd = index === 0 || index === route.length - 1;
    return {
      x: (point?.x ?? 0) + MARGIN,
      enter: isEnd ? y - half : y - half + 8,
      leave: isEnd ? y + half : y + half - 8,
    };
  });
  const curve = at.slice(1).map((to, index) => {
    const from = at[index] ?? to;
    const middle = (from.leave + to.enter) / 2;
    const through = index < at.length - 2 ? `V${to.leave}` : '';
    return `C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${to.enter}${through}`;
  });
  const [first, last] = [at[0], at.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('An edge needs two ends.');
  const tip = backward ? { x: first.x, y: first.leave, back: 7 } : { x: last.x, y: last.enter, back: -7 };
  const used = taken.has(JSON.stringify([edge.from, edge.to]));
  return markup`<g class="edge ${edge.kind}${used && ' taken'}"><path d="M${first.x} ${first.leave}${curve.join('')}"/><path class="tip" d="M${tip.x} ${tip.y}l-4 ${tip.back}h8Z"/></g>`;
}

/** A state that leads to itself: a small arc at its right side. */
function drawLoop(id: string, kind: string, layout: Layout, taken: ReadonlySet<string>): Markup | false {
  const point = layout.points.get(id);
  if (point === undefined) return false;
  const x = point.x + MARGIN + point.width / 2;
  const y = centreY(point.layer);
  return markup`<g class="edge ${kind}${taken.has(JSON.stringify([id, id])) && ' taken'}"><path d="M${x} ${y - 8}c20 -8 20 24 0 16"/><path class="tip" d="M${x} ${y + 8}l8 -2l-4 7Z"/></g>`;
}

/** The value a Choice compares, written over the next point of its edge: points keep their distance, so labels do too. */
function drawLabel(routed: RoutedEdge, layout: Layout): Markup | false {
  const next = layout.points.get(routed.route[1] ?? '');
  if (routed.edge.label === undefined || next === undefined || routed.backward) return false;
  const y = centreY(next.layer) - NODE_HEIGHT / 2 - 13;
  return markup`<text class="label" x="${next.x + MARGIN}" y="${y}">${labelText(routed.edge.label)}</text>`;
}

/**
 * Draws a state machine and a run through it as SVG: states with their type, the ways between them (catches dashed), the
 * states entered with the order of entering, the ways taken in bold, the current state framed. The same input gives the
 * same bytes. Nothing when the machine has no states.
 * @throws InvalidInput when the definition is none.
 */
export function drawGraph(run: DrawnRun): Markup | false {
  const graph = graphOfDefinition(run.definition);
  if (graph.nodes.length === 0) return false;
  const widths = new Map(graph.nodes.map((node) => [node.id, nodeWidth(node)]));
  const layout = layeredLayout(graph, {
    state: (id) => widths.get(id) ?? 0,
    label: (text) => [...labelText(text)].length * LABEL_CHARACTER_WIDTH,
  });
  const taken = new Set(run.visited.slice(1).map((to, at) => JSON.stringify([run.visited[at], to])));
  const width = layout.width + 2 * MARGIN + 16;
  const height = centreY(layout.layers - 1) + NODE_HEIGHT / 2 + MARGIN;
  const edges = layout.edges.toSorted((a, b) => rank(a, taken) - rank(b, taken));
  return markup`<svg class="graph" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="graph-title graph-text"><title id="graph-title">State machine</title><desc id="graph-text">${graph.nodes.length} states; ${new Set(run.visited).size} entered${run.current !== undefined && `; now in ${run.current}`}. The path is listed below the drawing.</desc>${edges.map((edge) => drawEdge(edge, layout, taken))}${layout.loops.map((edge) => drawLoop(edge.from, edge.kind, layout, taken))}${graph.nodes.map((node) => drawNode(node, layout, run))}${layout.edges.map((edge) => drawLabel(edge, layout))}</svg>`;
}

/** Ways taken are drawn over all others, catches under them. */
function rank(routed: RoutedEdge, taken: ReadonlySet<string>): number {
  if (taken.has(JSON.stringify([routed.edge.from, routed.edge.to]))) return 2;
  return routed.edge.kind === 'catch' ? 0 : 1;
}
