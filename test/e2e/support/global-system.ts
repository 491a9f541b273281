import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type SystemPlaces, spawnSystem } from './spawned-system.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A local system for each worker. */
    systems: readonly SystemPlaces[];
  }
}

/** Starts a local system for each worker of this project, and stops them behind all tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const workers = project.config.maxWorkers;
  const directories = Array.from({ length: workers }, () => mkdtempSync(join(tmpdir(), 'countersign-system-')));
  const systems = await Promise.all(directories.map((directory) => spawnSystem(directory)));
  project.provide(
    'systems',
    systems.map(({ api, inbox, flags, states, directory }) => ({ api, inbox, flags, states, directory })),
  );
  return async () => {
    await Promise.all(systems.map((system) => system.stop()));
    for (const directory of directories) rmSync(directory, { recursive: true, force: true });
  };
}
