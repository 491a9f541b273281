import * as z from 'zod';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { Problem } from '../../core/errors.ts';
import { pointer } from '../../core/json.ts';
import { lintPeople } from './lint-people.ts';
import { levelDocument } from './policy-document.ts';

/** How policies name things of their own. */
export const policyId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'Lower-case letters, digits and hyphens');
/** Levels that are asked. */
export const levelIds = z.array(policyId).min(1).max(10);
/** Points of risk. */
export const riskPoints = z.int().min(0).max(100);

/**
 * A level for what has no amount, and is decided anew each time.
 * @param because what is said to whoever sets a limit, an amount for codes by mail, or approvals that are kept.
 */
export function levelWithoutAmounts(because: string) {
  return levelDocument.refine(
    ({ minimumLimit, mailCodeAbove, carryOver }) =>
      minimumLimit === undefined && mailCodeAbove === undefined && carryOver === undefined,
    { error: `${because}: no limit, no mailCodeAbove, no carryOver` },
  );
}

/** A place in a policy that names a level. */
export interface NamedLevel {
  readonly levelId: string;
  /** JSON Pointer into the policy. */
  readonly at: string;
}

type Levels = Parameters<typeof lintPeople>[0];

/** What is wrong with the levels of a policy: declared twice, named and not declared, or nobody there to fill their seats. */
export function levelProblems(policy: Levels, named: readonly NamedLevel[], directory: LoadedDirectory): Problem[] {
  const ids = policy.levels.map(({ id }) => id);
  const twice = ids.flatMap((id, index) =>
    ids.indexOf(id) === index
      ? []
      : [
          {
            pointer: pointer('/levels', index, 'id'),
            code: 'duplicate-id',
            message: `The level "${id}" stands twice.`,
            mend: 'Give each its own id.',
          },
        ],
  );
  const unknown = named
    .filter(({ levelId }) => !ids.includes(levelId))
    .map(({ levelId, at }) => ({
      pointer: at,
      code: 'unknown-level',
      message: `The level "${levelId}" is not declared.`,
      mend: `Use one of: ${ids.join(', ')}.`,
    }));
  const people = lintPeople(policy, directory)
    .filter(({ severity }) => severity === 'error')
    .map(({ severity: _, ...problem }) => problem);
  return [...twice, ...unknown, ...people];
}
