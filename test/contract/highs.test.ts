import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LinearProblem, LinearSolver as Port } from '../../lib/core/linear-problem.ts';
import { randomFrom } from '../../lib/engines/scheduling/random.ts';
import { loadHighs } from '../../lib/platform/optimizer/highs.ts';
import { slowTest } from '../support/slow.ts';

const plenty = { iterations: 1_000_000, gapBasisPoints: 0 };

/** Jobs to agents within their capacity, which are the cheaper the more they load: a column for each pair. */
function assignment(seed: number, agents: number, jobs: number): LinearProblem {
  const { below } = randomFrom(seed);
  const columns = agents * jobs;
  const load = Array.from({ length: columns }, () => 1 + below(100));
  const total = load.reduce((sum, value) => sum + value, 0);
  const perJob = Array.from({ length: jobs }, (_, job) => ({
    low: 1,
    high: 1,
    columns: Array.from({ length: agents }, (_, agent) => agent * jobs + job),
    coefficients: Array.from({ length: agents }, () => 1),
  }));
  const perAgent = Array.from({ length: agents }, (_, agent) => ({
    low: -Infinity,
    high: Math.floor((0.8 * total) / agents / agents),
    columns: Array.from({ length: jobs }, (_, job) => agent * jobs + job),
    coefficients: load.slice(agent * jobs, (agent + 1) * jobs),
  }));
  return {
    columns,
    cost: load.map((value) => 101 - value + below(21)),
    lower: Array.from({ length: columns }, () => 0),
    upper: Array.from({ length: columns }, () => 1),
    integer: Array.from({ length: columns }, () => true),
    rows: [...perJob, ...perAgent],
  };
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, n) => sum + value * (b[n] ?? 0), 0);

const fits = ({ rows }: LinearProblem, values: readonly number[], slack = 0): boolean =>
  rows.every(({ low, high, columns, coefficients }) => {
    const sum = columns.reduce((total, column, n) => total + (coefficients[n] ?? 0) * (values[column] ?? 0), 0);
    return sum >= low - slack && sum <= high + slack;
  });

/** Every point of a small box. */
function* points({ lower, upper }: LinearProblem, at = 0, values: number[] = []): Generator<number[]> {
  if (at === lower.length) yield [...values];
  else
    for (let value = lower[at]!; value <= upper[at]!; value += 1) {
      values[at] = value;
      yield* points({ lower, upper } as LinearProblem, at + 1, values);
    }
}

function cheapest(problem: LinearProblem): number | undefined {
  let best: number | undefined;
  for (const values of points(problem))
    if (fits(problem, values)) best = Math.min(best ?? Infinity, dot(problem.cost, values));
  return best;
}

const smallProblem = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 })).chain(([columns, rows]) =>
  fc.record({
    columns: fc.constant(columns),
    cost: fc.array(fc.integer({ min: -20, max: 20 }), { minLength: columns, maxLength: columns }),
    lower: fc.array(fc.integer({ min: -2, max: 0 }), { minLength: columns, maxLength: columns }),
    upper: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: columns, maxLength: columns }),
    integer: fc.constant(Array.from({ length: columns }, () => true)),
    rows: fc.array(
      fc.record({
        low: fc.oneof(fc.constant(-Infinity), fc.integer({ min: -9, max: 3 })),
        high: fc.oneof(fc.constant(Infinity), fc.integer({ min: 3, max: 12 })),
        columns: fc.constant(Array.from({ length: columns }, (_, n) => n)),
        coefficients: fc.array(fc.integer({ min: -6, max: 6 }), { minLength: columns, maxLength: columns }),
      }),
      { minLength: rows, maxLength: rows },
    ),
  }),
);

test('small problems are solved as trying every point solves them, and those without a solution are infeasible', async () => {
  const highs = await loadHighs();
  let without = 0;
  fc.assert(
    fc.property(smallProblem, (problem) => {
      const { status, values, bound } = highs.solve(problem, plenty);
      const best = cheapest(problem);
      if (best === undefined) {
        without += 1;
        expect({ status, values }).toEqual({ status: 'infeasible', values: undefined });
        return;
      }
      expect(status).toBe('optimal');
      expect(fits(problem, values!)).toBe(true);
      expect(dot(problem.cost, values!)).toBe(best);
      expect(bound!).toBeLessThanOrEqual(best + 1e-6);
    }),
    { numRuns: 300, seed: 20_261_121 },
  );
  expect(without).toBeGreaterThan(5);
});

test('the multipliers of the relaxed problem give its value again, which is no more than the whole one costs', async () => {
  const highs: Port = await loadHighs();
  const problem = assignment(7, 3, 14);
  const relaxed = highs.solve(problem, { ...plenty, relaxed: true });
  expect(relaxed.status).toBe('optimal');
  const { multipliers, bound } = relaxed;
  const reduced = [...problem.cost];
  let value = 0;
  for (const [index, { low, high, columns, coefficients }] of problem.rows.entries()) {
    const price = multipliers![index]!;
    for (const [n, column] of columns.entries()) reduced[column]! -= price * coefficients[n]!;
    if (Math.abs(price) > 1e-9) value += price * (price > 0 ? low : high);
  }
  value += reduced.reduce((sum, cost) => sum + Math.min(0, cost), 0);
  expect(value).toBeCloseTo(bound!, 5);
  const whole = highs.solve(problem, plenty);
  expect(whole.status).toBe('optimal');
  expect(dot(problem.cost, whole.values!)).toBeGreaterThanOrEqual(bound! - 1e-6);
});

test('a solve ends when its iterations are used up, at the same answer each time', async () => {
  const highs = await loadHighs();
  const problem = assignment(3, 8, 50);
  for (const relaxed of [false, true]) {
    const options = { iterations: relaxed ? 40 : 1_500, gapBasisPoints: 0, relaxed };
    const stopped = highs.solve(problem, options);
    expect(stopped.status).toBe('stopped');
    expect(stopped.iterations).toBeLessThan(2 * options.iterations);
    expect(highs.solve(problem, options)).toEqual(stopped);
    if (relaxed) expect(stopped.multipliers).toHaveLength(problem.rows.length);
    else expect(stopped.bound!).toBeLessThan(dot(problem.cost, stopped.values!));
  }
});

test('a feasible start is the answer of a solve that has no iterations, and one that is not feasible is left aside', async () => {
  const highs = await loadHighs();
  const problem = assignment(5, 4, 20);
  const rough = highs.solve(problem, { iterations: 1_000_000, gapBasisPoints: 500 });
  const start = rough.values!;
  const begun = highs.solve(problem, { iterations: 0, gapBasisPoints: 0, start });
  expect(begun.values).toBeDefined();
  expect(fits(problem, begun.values!)).toBe(true);
  expect(dot(problem.cost, begun.values!)).toBeLessThanOrEqual(dot(problem.cost, start));
  const wrong = highs.solve(problem, { ...plenty, start: start.map(() => 1) });
  expect(wrong.status).toBe('optimal');
  expect(fits(problem, wrong.values!)).toBe(true);
  expect(highs.solve(problem, { ...plenty, start }).bound).toBeCloseTo(wrong.bound!, 6);
});

test('a gap that is allowed is told apart from a proof', async () => {
  const highs = await loadHighs();
  const problem = assignment(3, 8, 50);
  const rough = highs.solve(problem, { iterations: 1_000_000, gapBasisPoints: 300 });
  expect(rough.status).toBe('gap');
  const cost = dot(problem.cost, rough.values!);
  expect(cost - rough.bound!).toBeLessThanOrEqual(0.03 * cost + 1e-6);
});

test('an objective without a lower bound, and arrays that do not agree, are errors and leave the solver usable', async () => {
  const highs = await loadHighs();
  const free: LinearProblem = {
    columns: 1,
    cost: [1],
    lower: [-Infinity],
    upper: [0],
    integer: [true],
    rows: [{ low: -Infinity, high: 5, columns: [0], coefficients: [1] }],
  };
  expect(() => highs.solve(free, plenty)).toThrow(/model status/);
  expect(() => highs.solve({ ...free, cost: [] }, plenty)).toThrow();
  expect(highs.solve({ ...free, lower: [-4] }, plenty)).toMatchObject({ status: 'optimal', values: [-4] });
});

test('a problem without columns is optimal at 0 with no values, unless a row keeps 0 out', async () => {
  const highs = await loadHighs();
  const rows = [
    { low: 0, high: 4, columns: [], coefficients: [] },
    { low: -Infinity, high: 0, columns: [], coefficients: [] },
  ];
  const empty: LinearProblem = { columns: 0, cost: [], lower: [], upper: [], integer: [], rows: [] };
  for (const relaxed of [true, false]) {
    const options = { ...plenty, relaxed };
    expect(highs.solve(empty, options)).toMatchObject({ status: 'optimal', bound: 0, values: [], multipliers: [] });
    const fitting = highs.solve({ ...empty, rows }, options);
    expect(fitting).toMatchObject({ status: 'optimal', bound: 0, values: [], multipliers: [0, 0] });
    const [low, high] = [1, 2];
    const keptOut = highs.solve({ ...empty, rows: [...rows, { low, high, columns: [], coefficients: [] }] }, options);
    expect(keptOut).toEqual({ status: 'infeasible', iterations: 0 });
  }
  const astray = { low: 0, high: 1, columns: [0], coefficients: [1] };
  expect(() => highs.solve({ ...empty, rows: [astray] }, plenty)).toThrow();
});

slowTest('a process that has solved much answers as a fresh one does', async () => {
  const script = (busy: boolean): string => `
    import { loadHighs } from ${JSON.stringify(new URL('../../lib/platform/optimizer/highs.ts', import.meta.url).href)};
    const highs = await loadHighs();
    const ask = (problem) => [
      highs.solve(problem, { iterations: 600, gapBasisPoints: 0 }),
      highs.solve(problem, { iterations: 800, gapBasisPoints: 0, relaxed: true }),
    ];
    if (${busy}) for (const problem of ${JSON.stringify([1, 2, 3].map((seed) => encoded(assignment(seed, 4, 20 + seed))))}) ask(decoded(problem));
    function decoded(problem) {
      return { ...problem, rows: problem.rows.map((row) => ({ ...row, low: row.low ?? -Infinity })) };
    }
    console.log(JSON.stringify(ask(decoded(${JSON.stringify(encoded(assignment(9, 5, 50)))}))));`;
  const run = (busy: boolean): string =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script(busy)], { encoding: 'utf8', timeout: 50_000 });
  const fresh = run(false);
  const [whole, relaxed] = JSON.parse(fresh) as { status: string }[];
  expect([whole!.status, relaxed!.status]).toEqual(['stopped', 'optimal']);
  expect(run(true)).toBe(fresh);
  expect(run(false)).toBe(fresh);
});

test('what a solve takes is freed', async () => {
  const highs = await loadHighs();
  const problem = assignment(2, 20, 100);
  // Arrays of JavaScript wait for their collection; what remains of the outside memory is the heap of WebAssembly.
  const heap = (): number => {
    const { external, arrayBuffers } = process.memoryUsage();
    return external - arrayBuffers;
  };
  const solve = (): unknown => highs.solve(problem, { iterations: 60, gapBasisPoints: 0, relaxed: true });
  for (let n = 0; n < 5; n += 1) solve();
  const before = heap();
  for (let n = 0; n < 60; n += 1) solve();
  // One leaked model would take some 300 kB each time.
  expect(heap() - before).toBeLessThan(4_000_000);
});

/** JSON knows no infinity. */
function encoded(problem: LinearProblem): object {
  return {
    ...problem,
    rows: problem.rows.map(({ low, ...row }) => ({ ...row, low: Number.isFinite(low) ? low : null })),
  };
}
