import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { graphOfDefinition } from '../../../lib/pages/graph/asl-graph.ts';
import { drawGraph } from '../../../lib/pages/graph/draw-graph.ts';
import { layeredLayout } from '../../../lib/pages/graph/layered-layout.ts';
import { placeInOrder } from '../../../lib/pages/graph/place-in-order.ts';
import { definition, execution } from '../../pages/fixtures.ts';

const measures = { state: (): number => 100, label: (text: string): number => text.length * 6 };

/** State machines of up to nine states with any transitions between them, cycles and loops included. */
const anyDefinition = fc
  .array(fc.record({ next: fc.nat(8), other: fc.nat(8), caught: fc.option(fc.nat(8)) }), { minLength: 1, maxLength: 9 })
  .map((states) => {
    const name = (at: number): string => `S${at % states.length}`;
    return {
      StartAt: 'S0',
      States: Object.fromEntries(
        states.map(({ next, other, caught }, at) => [
          `S${at}`,
          at % 3 === 2
            ? { Type: 'Choice', Choices: [{ StringEquals: 'a', Next: name(next) }], Default: name(other) }
            : { Type: 'Task', Next: name(next), ...(caught !== null && { Catch: [{ Next: name(caught) }] }) },
        ]),
      ),
    };
  });

describe('the graph of a state machine', () => {
  const graph = graphOfDefinition(definition);

  it('holds every state and every way between them', () => {
    expect(graph.nodes.map(({ id }) => id)).toEqual(Object.keys(definition.States));
    expect(graph.nodes.find(({ id }) => id === 'RequestOversight')?.type).toBe('Task, waits for people');
    const from = (id: string): unknown[] =>
      graph.edges.filter((edge) => edge.from === id).map(({ from: _, ...rest }) => rest);
    expect(from('Verdict')).toEqual([
      { to: 'Publish', kind: 'choice', label: 'publish' },
      { to: 'RequestApproval', kind: 'choice', label: 'approve' },
      { to: 'RequestOversight', kind: 'choice', label: 'escalate' },
      { to: 'Block', kind: 'choice', label: 'otherwise' },
    ]);
    expect(from('StageVerdict')[0]).toEqual({ to: 'RequestApproval', kind: 'choice', label: 'next-stage, reopen' });
    expect(from('RequestApproval')).toEqual([
      { to: 'StageVerdict', kind: 'next' },
      { to: 'Escalate', kind: 'catch' },
      { to: 'Recover', kind: 'catch' },
    ]);
  });

  it('is refused when it is none', () => {
    for (const wrong of [null, [], 'x', {}, { StartAt: 'A' }, { StartAt: 'A', States: { A: {} } }])
      expect(() => graphOfDefinition(wrong)).toThrow(InvalidInput);
  });
});

describe('the layout', () => {
  it('leads downward but for the edges that close a cycle, and nothing overlaps', () => {
    fc.assert(
      fc.property(anyDefinition, (any) => {
        const graph = graphOfDefinition(any);
        const layout = layeredLayout(graph, measures);
        expect(layout.edges.length + layout.loops.length).toBe(graph.edges.length);
        for (const { edge, route, backward } of layout.edges) {
          const layers = route.map((id) => layout.points.get(id)?.layer ?? Number.NaN);
          expect(layers).toEqual(layers.map((_, at) => (layers[0] ?? 0) + at));
          expect([route[0], route.at(-1)]).toEqual(backward ? [edge.to, edge.from] : [edge.from, edge.to]);
        }
        const rows = Map.groupBy(layout.points.values(), (point) => point.layer);
        for (const row of rows.values()) {
          const sorted = row.toSorted((a, b) => a.x - b.x);
          sorted.slice(1).forEach((point, at) => {
            const before = sorted[at]!;
            expect(point.x - point.width / 2).toBeGreaterThan(before.x + before.width / 2);
          });
          for (const point of row) {
            expect(point.x - point.width / 2).toBeGreaterThanOrEqual(-1);
            expect(point.x + point.width / 2).toBeLessThanOrEqual(layout.width + 1);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('sets a plain chain straight', () => {
    const { points } = layeredLayout(graphOfDefinition(definition), measures);
    const x = ['Preflight', 'Execute', 'Verify', 'Verdict'].map((id) => points.get(id)?.x ?? Number.NaN);
    expect(Math.max(...x) - Math.min(...x)).toBeLessThanOrEqual(1);
  });

  it('draws the same bytes every time, with the current state and the order of entering', () => {
    const svg = String(drawGraph(execution));
    expect(drawGraph(structuredClone(execution)).toString()).toBe(svg);
    expect(svg.match(/class="node/g)).toHaveLength(Object.keys(definition.States).length);
    expect(svg.match(/class="node seen here"/g)).toHaveLength(1);
    expect(svg).toMatch(/Task, waits for people · now<\/text><rect[^>]*><text class="order"[^>]*>5, 7<\/text>/);
    expect(svg.match(/class="edge \w+ taken"/g)).toHaveLength(6);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('draws any state machine', () => {
    fc.assert(
      fc.property(anyDefinition, (any) => {
        const svg = drawGraph({ definition: any, visited: ['S0', 'S0'], current: 'S0' }).toString();
        expect(svg).not.toMatch(/NaN|undefined|Infinity/);
        expect(svg.match(/class="edge/g)).toHaveLength(graphOfDefinition(any).edges.length);
      }),
      { numRuns: 100 },
    );
  });
});

describe('placing in order', () => {
  const items = fc.array(
    fc.record({
      wish: fc.integer({ min: -500, max: 500 }),
      weight: fc.integer({ min: 1, max: 9 }),
      width: fc.integer({ min: 1, max: 90 }),
    }),
    { minLength: 1, maxLength: 8 },
  );
  const cost = (at: readonly number[], of: readonly { wish: number; weight: number }[]): number =>
    of.reduce((sum, { wish, weight }, index) => sum + weight * ((at[index] ?? 0) - wish) ** 2, 0);

  it('keeps order and distance, and no move of neighbours together does better', () => {
    fc.assert(
      fc.property(items, (some) => {
        const named = some.map((item, at) => ({ id: String(at), ...item }));
        const x = [...placeInOrder(named, 10).values()];
        const room = (at: number): number => (named[at - 1]!.width + named[at]!.width) / 2 + 10;
        const feasible = (at: readonly number[]): boolean =>
          at.every((value, index) => index === 0 || value - at[index - 1]! >= room(index) - 1e-6);
        expect(feasible(x)).toBe(true);
        for (let first = 0; first < x.length; first += 1)
          for (let last = first; last < x.length; last += 1)
            for (const step of [-0.5, 0.5]) {
              const moved = x.map((value, at) => (at >= first && at <= last ? value + step : value));
              if (feasible(moved)) expect(cost(moved, named)).toBeGreaterThanOrEqual(cost(x, named) - 1e-6);
            }
      }),
    );
  });
});
