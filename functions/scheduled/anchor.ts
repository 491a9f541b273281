import { anchorHeads } from '../../lib/platform/audit/anchor.ts';
import { log } from '../../lib/platform/log.ts';
import { type Invocation, watched } from '../invocation.ts';
import { runtime } from '../runtime.ts';

/** Every hour, effective once a day: anchor the heads of the audit chains that have grown in a signed manifest. */
export function handler(_event?: unknown, invocation?: Invocation): Promise<void> {
  return watched(invocation, {}, anchor);
}

async function anchor(): Promise<void> {
  const manifest = await anchorHeads(await runtime());
  if (manifest === undefined) return;
  const { day, executions, digest } = manifest;
  log('info', { event: 'heads-anchored', day, executions: executions.length, digest });
}
