import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { OutOfReach } from './errors.ts';

const portsFile = z.object({ api: z.int() });

/**
 * The address of the API of the local system that runs on a state directory.
 * @throws OutOfReach when none runs there.
 */
export async function localAddress(directory: string): Promise<string> {
  const path = resolve(directory);
  const file = join(path, 'ports.json');
  const notRunning = (cause?: unknown) =>
    new OutOfReach(
      `No local system runs on ${path}. Start it with npm start, or name the directory of the one that runs with --state.`,
      [],
      { cause },
    );
  if (!existsSync(file)) throw notRunning();
  const url = `http://127.0.0.1:${portsFile.parse(JSON.parse(readFileSync(file, 'utf8'))).api}`;
  try {
    // Also a system that is not well runs.
    await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5_000) });
  } catch (cause) {
    throw notRunning(cause);
  }
  return url;
}
