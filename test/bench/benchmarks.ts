import type { Benchmark } from './support/benchmark.ts';

/** Every benchmark, in the order in which they are listed. */
export const benchmarks: readonly Benchmark[] = [
  {
    name: 'routing',
    title: 'routing decisions per second; the rules alone against ZEN and json-rules-engine',
    load: async () => (await import('./routing.ts')).measureRouting,
  },
  {
    name: 'constraints',
    title: 'evaluations of constraints per second against six engines; how long their analysis takes, and how it grows',
    load: async () => (await import('./constraints.ts')).measureConstraints,
  },
  {
    name: 'handoff',
    title: 'what is decided about a packet of 4 KB, against its validator (ajv) alone; canonical JSON (RFC 8785)',
    load: async () => (await import('./handoff.ts')).measureHandoff,
  },
  {
    name: 'scheduling',
    title:
      'gaps of schedules to the best known and to the proved bound: projects, tardiness, assignment, plans of touches',
    load: async () => (await import('./scheduling.ts')).measureScheduling,
  },
  {
    name: 'cold-start',
    title: "each function's bundle size and import time, against the same SDK clients alone",
    load: async () => (await import('./cold-start.ts')).measureColdStart,
  },
  {
    name: 'executions',
    title: 'executions per second through the local system, POST to published',
    load: async () => (await import('./executions.ts')).measureExecutions,
  },
  {
    name: 'transitions',
    title: 'states entered (billed transitions) by outcome, and what they cost',
    load: async () => (await import('./transitions.ts')).measureTransitions,
  },
  {
    name: 'decisions',
    title: 'decision latency, POST to recorded, under 50 concurrent approvers',
    load: async () => (await import('./decisions.ts')).measureDecisions,
  },
  {
    name: 'footprint',
    title: 'memory and disk of the local system after many executions',
    load: async () => (await import('./footprint.ts')).measureFootprint,
  },
];
