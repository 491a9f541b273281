import { digestOf } from '../../core/digest.ts';
import { NotFound } from '../../core/errors.ts';
import { configurationNameOf } from '../configuration/configuration-name.ts';
import type { AnySkill } from './define-skill.ts';
import type { References } from './reference.ts';

/**
 * The configurations that other skills ship with, in the place of their baselines: for work without a running system.
 * @throws NotFound when the input refers to a skill that is not there.
 */
export function shippedReferences(skills: readonly AnySkill[], skill: AnySkill, input: unknown): References {
  const named = skill.references?.(input) ?? [];
  return Object.fromEntries(
    named.map((name) => {
      const target = skills.find((each) => each.name === name);
      if (target === undefined) throw new NotFound(`There is no skill ${name}.`);
      const configuration = target.baselineConfiguration();
      const digest = digestOf(configuration);
      const version = configurationNameOf(target, configuration, digest);
      return [name, { skill: name, version, digest, configuration }];
    }),
  );
}
