import type { FlagDeclaration } from '../flags/declaration.ts';
import { WEIGHT_TOTAL } from '../flags/declaration.ts';
import type { Runtime } from '../runtime.ts';
import { currentConfiguration } from './configuration-store.ts';

/** The rollout flag of every skill: all accounts run on the baseline until somebody gives another version a weight. */
export async function flagDeclarationsOf(runtime: Pick<Runtime, 'table' | 'skills'>): Promise<FlagDeclaration[]> {
  return Promise.all(
    runtime.skills.map(async (skill) => {
      const { version, digest } = await currentConfiguration(runtime, skill.name);
      return {
        flag: skill.flag,
        skill: skill.name,
        description: `Rolls out ${skill.title}; each variant names a configuration version.`,
        variants: [{ name: version, weight: WEIGHT_TOTAL, payload: digest }],
      };
    }),
  );
}
