import { InvalidInput } from '../../core/errors.ts';
import { parseWith } from '../../core/zod-problems.ts';
import { baselineOf, findLedger } from '../configuration/ledger.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { RecordedReference, References } from '../skill/reference.ts';

/**
 * The baselines of the skills that a request refers to, as they stand now.
 * @param input as it was sent.
 * @throws InvalidInput when the input does not fit the skill, or names a skill that has no baseline.
 */
export async function resolveReferences(
  runtime: Pick<Runtime, 'table'>,
  skill: AnySkill,
  input: unknown,
): Promise<readonly RecordedReference[]> {
  const named = skill.references?.(parseWith(skill.input, input, 'The input', '/input')) ?? [];
  return Promise.all(
    [...new Set(named)].sort().map(async (name) => {
      const ledger = await findLedger(runtime, name);
      if (ledger === undefined)
        throw new InvalidInput(`There is no skill ${name}.`, [
          {
            pointer: '/input',
            code: 'unknown-skill',
            message: `The request refers to the skill "${name}", which has no configuration here.`,
            mend: 'Name a skill that is deployed, by its name.',
          },
        ]);
      const { version, digest } = baselineOf(ledger);
      return { skill: name, version, digest };
    }),
  );
}

/**
 * Recorded references with their configurations.
 * @throws NotFound, IntegrityError when one of them is missing or damaged.
 */
export async function readReferences(
  { artifacts }: Pick<Runtime, 'artifacts'>,
  recorded: readonly RecordedReference[],
): Promise<References> {
  const read = await Promise.all(
    recorded.map(async (each) => [each.skill, { ...each, configuration: await artifacts.get(each.digest) }] as const),
  );
  return Object.fromEntries(read);
}

/** Both at once: what an execution that was accepted now would look at. */
export async function currentReferences(
  runtime: Pick<Runtime, 'table' | 'artifacts'>,
  skill: AnySkill,
  input: unknown,
): Promise<References> {
  return readReferences(runtime, await resolveReferences(runtime, skill, input));
}
