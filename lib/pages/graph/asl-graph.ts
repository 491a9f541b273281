import * as z from 'zod';
import { parseShape } from '../../core/zod-problems.ts';

const choiceRule = z.looseObject({ Next: z.string().optional() });
const state = z.looseObject({
  Type: z.string(),
  Resource: z.string().optional(),
  Next: z.string().optional(),
  Choices: z.array(choiceRule).optional(),
  Default: z.string().optional(),
  Catch: z.array(z.looseObject({ Next: z.string() })).optional(),
  MaxConcurrency: z.int().optional(),
});
const stateMachine = z.looseObject({ StartAt: z.string(), States: z.record(z.string(), state) });

export type EdgeKind = 'next' | 'choice' | 'catch';

export interface GraphNode {
  readonly id: string;
  /** The ASL type, in words where it waits for people or does so much at once. */
  readonly type: string;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  /** The value that a Choice compares, when it is a single one. */
  readonly label?: string;
}

/** A state machine as a graph: its states in order of definition, and the ways between them. */
export interface StateGraph {
  readonly start: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** The one value a simple rule compares (`StringEquals`, `BooleanEquals`, ...); composed rules have no short label. */
function comparedValue(rule: z.infer<typeof choiceRule>): string | undefined {
  const compared = Object.entries(rule).filter(([key]) => /^(String|Numeric|Boolean)\w*Equals$/.test(key));
  const value = compared.length === 1 ? compared[0]?.[1] : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

function edgesOf(from: string, of: z.infer<typeof state>): GraphEdge[] {
  const choices = (of.Choices ?? []).flatMap((rule) => {
    const label = comparedValue(rule);
    return rule.Next === undefined
      ? []
      : [{ from, to: rule.Next, kind: 'choice' as const, ...(label !== undefined && { label }) }];
  });
  return [
    ...(of.Next === undefined ? [] : [{ from, to: of.Next, kind: 'next' as const }]),
    ...choices,
    ...(of.Default === undefined ? [] : [{ from, to: of.Default, kind: 'choice' as const, label: 'otherwise' }]),
    ...(of.Catch ?? []).map((handler) => ({ from, to: handler.Next, kind: 'catch' as const })),
  ];
}

/** One edge per pair and kind: the labels of several rules that lead to one state are joined. */
function merged(edges: readonly GraphEdge[]): GraphEdge[] {
  const byEnds = new Map<string, GraphEdge>();
  for (const edge of edges) {
    const key = JSON.stringify([edge.from, edge.to, edge.kind]);
    const before = byEnds.get(key);
    const labels = [before?.label, edge.label].filter((label) => label !== undefined);
    byEnds.set(key, { ...edge, ...(labels.length > 0 && { label: labels.join(', ') }) });
  }
  return [...byEnds.values()];
}

function typeWords({ Type, Resource, MaxConcurrency = 0 }: z.infer<typeof state>): string {
  if (Resource?.endsWith('.waitForTaskToken') === true) return `${Type}, waits for people`;
  return Type === 'Map' && MaxConcurrency > 0 ? `${Type}, ${MaxConcurrency} at once` : Type;
}

/**
 * Reads the graph out of a state machine's definition (Amazon States Language, top level: a Parallel or Map state is one
 * node). Transitions to states that do not exist are left out.
 * @throws InvalidInput when it is no such definition.
 */
export function graphOfDefinition(definition: unknown): StateGraph {
  const { StartAt, States } = parseShape(stateMachine, definition, 'The state machine definition');
  const known = new Set(Object.keys(States));
  return {
    start: StartAt,
    nodes: Object.entries(States).map(([id, of]) => ({ id, type: typeWords(of) })),
    edges: merged(Object.entries(States).flatMap(([id, of]) => edgesOf(id, of))).filter((edge) => known.has(edge.to)),
  };
}
