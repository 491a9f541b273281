import * as z from 'zod';
import type { LoadedDirectory } from '../../lib/core/directory/loaded.ts';
import { InvalidInput } from '../../lib/core/errors.ts';
import { pointer } from '../../lib/core/json.ts';
import { parseWith } from '../../lib/core/zod-problems.ts';
import {
  levelIds,
  levelProblems,
  levelWithoutAmounts,
  type NamedLevel,
  policyId,
  riskPoints,
} from '../../lib/engines/approval-routing/named-levels.ts';

const level = levelWithoutAmounts('A change of rules has no amount, and every one is decided anew');

/** Who decides about changes of rules, and what proving them may cost. */
const configurationDocument = z.strictObject({
  schema: z.literal('countersign/constraint-policy/1'),
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'A semantic version such as 1.0.0'),
  name: z.string().min(1).max(120),
  /** What one question to the analysis may spend: work, never time. */
  budget: z.strictObject({
    solverSteps: z.int().min(1).max(100_000_000),
    boxes: z.int().min(1).max(10_000_000),
    minimalSets: z.int().min(1).max(1_000),
  }),
  /** Which level decides for an owner that rules name. */
  owners: z.record(z.string().min(1).max(80), policyId),
  /** Asked about every change. */
  always: levelIds,
  /** Asked in addition when something is allowed that was denied, or needs fewer people. */
  whenLoosened: levelIds,
  /** Asked in addition when a finding is waived, or a question stays open. */
  whenDoubtful: levelIds,
  /** Asked for an owner that the policy does not know. */
  fallbackLevel: policyId,
  separationOfDuties: z.strictObject({ reportsOfRequester: z.enum(['exclude', 'allow']) }),
  risk: z.strictObject({
    loosened: riskPoints,
    tightened: riskPoints,
    waived: riskPoints,
    openQuestion: riskPoints,
    flipped: riskPoints,
    notReplayed: riskPoints,
  }),
  levels: z.array(level).min(1).max(20),
});
export type CompilationPolicy = z.infer<typeof configurationDocument>;

function namedLevels(policy: CompilationPolicy): NamedLevel[] {
  return [
    ...(['always', 'whenLoosened', 'whenDoubtful'] as const).flatMap((list) =>
      policy[list].map((levelId, index) => ({ levelId, at: pointer('', list, index) })),
    ),
    ...Object.entries(policy.owners).map(([owner, levelId]) => ({ levelId, at: pointer('/owners', owner) })),
    { levelId: policy.fallbackLevel, at: '/fallbackLevel' },
  ];
}

/**
 * Reads the configuration and checks it against the directory.
 * @throws InvalidInput with every problem.
 */
export function loadCompilationPolicy(value: unknown, directory: LoadedDirectory): CompilationPolicy {
  const policy = parseWith(configurationDocument, value, 'The constraint policy');
  const problems = levelProblems(policy, namedLevels(policy), directory);
  if (problems.length > 0) throw new InvalidInput(`The constraint policy has ${problems.length} problem(s).`, problems);
  return policy;
}
