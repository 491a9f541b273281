import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '../../../lib/local/api-client.ts';
import { type LocalSystem, startLocalSystem } from '../../../lib/local/system.ts';

/** Starts the local system in this process, fresh and on free ports, and stops it and removes its state behind the use. */
export async function withLocalSystem<Result>(
  onProgress: (message: string) => void,
  use: (system: LocalSystem, api: ApiClient) => Promise<Result>,
): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  try {
    const system = await startLocalSystem({ directory, ports: { auto: true }, onProgress });
    try {
      return await use(system, new ApiClient(system.apiUrl));
    } finally {
      await system.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
