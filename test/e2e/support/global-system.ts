import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type SystemPlaces, spawnSystem } from './spawned-system.ts';

declare module 'vitest' {
  interface ProvidedContext {
    system: SystemPlaces;
  }
}

/** Starts one local system for all tests of this project, and stops it behind them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-system-'));
  const system = await spawnSystem(directory);
  const { api, inbox, flags, states } = system;
  project.provide('system', { api, inbox, flags, states, directory });
  return async () => {
    await system.stop();
    rmSync(directory, { recursive: true, force: true });
  };
}
