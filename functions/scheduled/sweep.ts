import { sweep } from '../../lib/platform/watch/sweep.ts';
import { type Invocation, watched } from '../invocation.ts';
import { runtime } from '../runtime.ts';

/** Every minute: finish what crashes left undone, send what is due, repair what is stuck, and write what alarms watch. */
export function handler(_event?: unknown, invocation?: Invocation): Promise<void> {
  return watched(invocation, {}, async () => {
    const ports = await runtime();
    await sweep(ports, ports.clock.now());
  });
}
