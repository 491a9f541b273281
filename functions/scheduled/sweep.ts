import { sweep } from '../../lib/platform/watch/sweep.ts';
import { runtime } from '../runtime.ts';

/** Every minute: finish what crashes left undone, send what is due, repair what is stuck, and write what alarms watch. */
export async function handler(): Promise<void> {
  const ports = await runtime();
  await sweep(ports, ports.clock.now());
}
