import { type Seeded, seed } from '../../lib/platform/configuration/seed.ts';
import { log } from '../../lib/platform/log.ts';
import { type Invocation, inInvocation } from '../invocation.ts';
import { runtime } from '../runtime.ts';

/** Once per deploy: sees to a directory and to the configuration of every skill. An invalid one fails the deploy. */
export function handler(_event?: unknown, invocation?: Invocation): Promise<Seeded> {
  return inInvocation(invocation, {}, seedAll);
}

async function seedAll(): Promise<Seeded> {
  const seeded = await seed(await runtime());
  for (const { skill, version, status } of seeded.configurations)
    log('info', { event: 'configuration-seeded', skill, version, status });
  return seeded;
}
