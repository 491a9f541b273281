import * as z from 'zod';
import { digestOf } from '../../lib/core/digest.ts';
import { BudgetExceeded, InvalidInput } from '../../lib/core/errors.ts';
import type { Json } from '../../lib/core/json.ts';
import { defineSkill, type SkillContext, type SkillOutput } from '../../lib/platform/skill/define-skill.ts';
import { tinyDirectory } from '../unit/executions/tiny-skill.ts';

const input = z.strictObject({
  accountId: z.string().min(1),
  /** What is added up, three values a pod; order carries no meaning. */
  values: z.array(z.int()).min(1),
  /** What goes wrong, and nothing otherwise. */
  twist: z.string().default('none'),
});
type Input = z.infer<typeof input>;

const work = z.object({ add: z.array(z.int()), twist: z.string(), known: z.object({ a: z.int(), b: z.int() }) });

/** Tests that stop the world in the middle put what a pod waits for here. */
export const gate: { before: (work: Json) => Promise<void> } = { before: async () => {} };

let calls = 0;

/** Adds up the values of one pod. */
async function solve(given: Json): Promise<Json> {
  const { add, twist } = work.parse(given);
  await gate.before(given);
  calls += 1;
  const sum = add.reduce((total, value) => total + value, 0);
  if (sum < 0)
    throw new InvalidInput('A pod is negative.', [
      { pointer: '/values', code: 'negative', message: 'A pod is negative.', mend: 'Add more.' },
    ]);
  if (twist === 'costs') throw new BudgetExceeded('A pod takes too much.');
  if (twist === 'breaks') throw new TypeError('A pod broke.');
  if (twist === 'counts') return { sum: sum + calls };
  if (twist === 'assembly') return { sum, more: 0 };
  if (twist === 'keys') return { sum, keys: Object.keys((given as { known: object }).known) };
  if (twist === 'zone') return { sum, offset: new Date(2026, 0, 1).getTimezoneOffset() };
  return { sum, undefinedLikeThis: undefined } as unknown as Json;
}

function chunksOf(values: readonly number[]): number[][] {
  return Array.from({ length: Math.ceil(values.length / 3) }, (_, at) => values.slice(at * 3, at * 3 + 3));
}

function executed({ input: asked, solved }: SkillContext<Input, unknown>): SkillOutput {
  const { twist } = asked;
  const workOf = (add: readonly number[]): Json => ({ add, twist, known: { b: 2, a: 1 } });
  // With the twist, the pods follow from an order that carries no meaning.
  let values = twist === 'order' ? asked.values : asked.values.toSorted((a, b) => a - b);
  let order: string[] = [];
  while (values.length > 1) {
    const works = chunksOf(values).map(workOf);
    const answers = works.map((each) => solved(each) as { sum: number; keys?: string[] } | undefined);
    const missing = works.filter((_, at) => answers[at] === undefined);
    // Some are wanted twice, as works of two parts of a plan may be.
    if (missing.length > 0) return { wants: [...missing, ...missing.slice(0, 1)] };
    if (twist === 'assembly') order = answers.flatMap((answer) => Object.keys(answer ?? {}));
    values = answers.map((answer) => answer?.sum ?? 0).toSorted((a, b) => a - b);
  }
  if (twist === 'known') return { wants: [workOf(chunksOf(asked.values.toSorted((a, b) => a - b))[0] ?? [])] };
  const total = values[0] ?? 0;
  return {
    verdict: 'publish',
    reasons: [],
    artifact: { total, order, of: digestOf(asked.values.toSorted((a, b) => a - b)) },
    terms: {
      schema: 'countersign/terms/1',
      kind: 'Sum',
      accountName: 'Acme',
      requesterName: 'Ada Example',
      summary: 'Values are added up.',
      lines: [{ label: 'Total', value: `${total}`, differs: false }],
    },
    risk: { score: 0, factors: [] },
    confidenceBasisPoints: 10_000,
    trace: [],
    workUnits: asked.values.length,
    nextHop: 'billing',
  };
}

/** A skill that has values added up by pods, three at a time and round by round. */
export const podsSkill = defineSkill<Input, unknown>({
  name: 'pods-skill-for-tests',
  id: 'u99996',
  title: 'Pods skill',
  version: '1.0.0',
  archetype: 'test',
  coreMethod: 'sums',
  primaryArtifact: 'sum',
  routingTag: 'test',
  releaseCycles: 1,
  flag: 'skill_99996_pods',
  input,
  unorderedArrays: ['/values'],
  accountId: ({ accountId }) => accountId,
  recordOwner: () => undefined,
  baselineConfiguration: () => ({ version: '1' }),
  loadConfiguration: (value) => value,
  referenceDirectory: tinyDirectory,
  defaults: {
    acceptanceCriteria: [{ id: 'summed', statement: 'There is a sum.', measure: 'The artifact has a total.' }],
    consumer: 'downstream-skill',
  },
  consumers: ['orchestrator', 'downstream-skill'],
  budget: { workUnits: 10_000, outputBytes: 100_000, mails: 20, computingExecutions: 4 },
  oversightTimeoutSeconds: 3600,
  metrics: [],
  guardrails: [],
  cadence: { daily: 'none', weekly: 'none', monthly: 'none' },
  pods: { atOnce: 3, mostRounds: 3, solve, unorderedArrays: ['/add'] },
  execute: executed,
});

/** The name under which bundles look for it. */
export { podsSkill as skill };
