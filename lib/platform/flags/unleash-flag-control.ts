import * as z from 'zod';
import { NotFound } from '../../core/errors.ts';
import { parseWith } from '../../core/zod-problems.ts';
import { type FlagEnvironment, setFlagEnabled } from './admin.ts';
import { adminRequest, type FlagAdmin } from './admin-client.ts';
import type { FlagDeclaration } from './declaration.ts';
import { existingStrategy, variantsOf } from './declared-strategy.ts';
import type { FlagControl } from './flag-control.ts';

const strategies = z.array(existingStrategy);
const flagEnvironment = z.enum(['development', 'production']);

/**
 * Replaces the variants of every strategy of a flag that has any. A strategy that somebody added by hand is among them: it
 * would go on sending its accounts to a version that is no longer to run. Shares, constraints and segments stay.
 * @throws NotFound when no strategy has variants.
 */
async function setVariants(
  admin: FlagAdmin,
  environment: FlagEnvironment,
  flag: string,
  variants: FlagDeclaration['variants'],
): Promise<void> {
  const path = `/projects/default/features/${encodeURIComponent(flag)}/environments/${environment}/strategies`;
  const all = parseWith(strategies, await adminRequest(admin, 'GET', path), `The strategies of ${flag}`);
  const concerned = all.filter((strategy) => strategy.variants.length > 0);
  if (concerned.length === 0) throw new NotFound(`The flag ${flag} has no strategy with variants in ${environment}.`);
  const value = variantsOf({ flag, skill: flag, description: '', variants });
  for (const { id } of concerned)
    await adminRequest(admin, 'PATCH', `${path}/${encodeURIComponent(id)}`, [
      { op: 'replace', path: '/variants', value },
    ]);
}

/**
 * Changes flags through the Unleash Admin API.
 * @param admin asked for at each change, so that a token is read only when it is needed.
 * @param environment an environment that the open-source edition has. @throws InvalidInput for any other, when used.
 */
export function unleashFlagControl(admin: () => Promise<FlagAdmin>, environment: string): FlagControl {
  const known = () => parseWith(flagEnvironment, environment, 'The environment of the flag server');
  return {
    setVariantWeights: async (flag, variants) => setVariants(await admin(), known(), flag, variants),
    setEnabled: async (flag, on) => setFlagEnabled(await admin(), known(), flag, on),
  };
}
