import * as z from 'zod';
import type { LoadedDirectory } from '../../lib/core/directory/loaded.ts';
import { InvalidInput, type Problem } from '../../lib/core/errors.ts';
import { pointer } from '../../lib/core/json.ts';
import { parseWith } from '../../lib/core/zod-problems.ts';
import { lintPeople } from '../../lib/engines/approval-routing/lint-people.ts';
import { levelDocument } from '../../lib/engines/approval-routing/policy-document.ts';

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'Lower-case letters, digits and hyphens');
const levelIds = z.array(id).min(1).max(10);
const points = z.int().min(0).max(100);

/** Amounts of money play no part in a change of rules, so no level can go by them. */
const level = levelDocument.refine(
  ({ minimumLimit, mailCodeAbove, carryOver }) =>
    minimumLimit === undefined && mailCodeAbove === undefined && carryOver === undefined,
  { error: 'A change of rules has no amount, and every one is decided anew: no limit, no mailCodeAbove, no carryOver' },
);

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
  owners: z.record(z.string().min(1).max(80), id),
  /** Asked about every change. */
  always: levelIds,
  /** Asked in addition when something is allowed that was denied, or needs fewer people. */
  whenLoosened: levelIds,
  /** Asked in addition when a finding is waived, or a question stays open. */
  whenDoubtful: levelIds,
  /** Asked for an owner that the policy does not know. */
  fallbackLevel: id,
  separationOfDuties: z.strictObject({ reportsOfRequester: z.enum(['exclude', 'allow']) }),
  risk: z.strictObject({
    loosened: points,
    tightened: points,
    waived: points,
    openQuestion: points,
    flipped: points,
    notReplayed: points,
  }),
  levels: z.array(level).min(1).max(20),
});
export type CompilationPolicy = z.infer<typeof configurationDocument>;

function unknownLevels(policy: CompilationPolicy): Problem[] {
  const known = policy.levels.map((each) => each.id);
  const named = [
    ...(['always', 'whenLoosened', 'whenDoubtful'] as const).flatMap((list) =>
      policy[list].map((levelId, index) => ({ levelId, at: pointer('', list, index) })),
    ),
    ...Object.entries(policy.owners).map(([owner, levelId]) => ({ levelId, at: pointer('/owners', owner) })),
    { levelId: policy.fallbackLevel, at: '/fallbackLevel' },
  ];
  return named
    .filter(({ levelId }) => !known.includes(levelId))
    .map(({ levelId, at }) => ({
      pointer: at,
      code: 'unknown-level',
      message: `The level "${levelId}" is not declared.`,
      mend: `Use one of: ${known.join(', ')}.`,
    }));
}

function twice(policy: CompilationPolicy): Problem[] {
  return policy.levels.flatMap((each, index) =>
    policy.levels.findIndex((other) => other.id === each.id) === index
      ? []
      : [
          {
            pointer: pointer('/levels', index, 'id'),
            code: 'duplicate-id',
            message: `The level "${each.id}" stands twice.`,
            mend: 'Give each its own id.',
          },
        ],
  );
}

/**
 * Reads the configuration and checks it against the directory.
 * @throws InvalidInput with every problem.
 */
export function loadCompilationPolicy(value: unknown, directory: LoadedDirectory): CompilationPolicy {
  const policy = parseWith(configurationDocument, value, 'The constraint policy');
  const people = lintPeople(policy, directory)
    .filter(({ severity }) => severity === 'error')
    .map(({ severity: _, ...problem }) => problem);
  const problems = [...twice(policy), ...unknownLevels(policy), ...people];
  if (problems.length > 0) throw new InvalidInput(`The constraint policy has ${problems.length} problem(s).`, problems);
  return policy;
}
