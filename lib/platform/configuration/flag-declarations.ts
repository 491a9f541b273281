import type { FlagDeclaration } from '../flags/declaration.ts';
import { WEIGHT_TOTAL } from '../flags/declaration.ts';
import type { Runtime } from '../runtime.ts';
import { baselineOf, type Ledger, readLedger } from './ledger.ts';

/** The variants of a skill's flag: everybody runs on the baseline; candidates stand ready to be given a weight. */
export function variantsOf(ledger: Ledger): FlagDeclaration['variants'] {
  const baseline = baselineOf(ledger);
  return [
    { name: baseline.version, weight: WEIGHT_TOTAL, payload: baseline.digest },
    ...ledger.entries
      .filter(({ status }) => status === 'candidate')
      .map(({ version, digest }) => ({ name: version, weight: 0, payload: digest })),
  ];
}

/** The rollout flag of every skill: all accounts run on the baseline until somebody gives another version a weight. */
export async function flagDeclarationsOf(runtime: Pick<Runtime, 'table' | 'skills'>): Promise<FlagDeclaration[]> {
  return Promise.all(
    runtime.skills.map(async (skill) => ({
      flag: skill.flag,
      skill: skill.name,
      description: `Rolls out ${skill.title}; each variant names a configuration version.`,
      variants: variantsOf(await readLedger(runtime, skill.name)),
    })),
  );
}
