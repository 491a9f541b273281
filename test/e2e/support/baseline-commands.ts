import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { runCommand } from './spawned-system.ts';

/** What an operator does with the baseline of a skill on the command line, at the system that keeps its state in a directory. */
export function baselineCommands(directory: string, skill: string) {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-baseline-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = (...args: string[]) => runCommand([...args, '--state', directory]);
  return {
    run,
    promote: (version: string) =>
      run('baseline', 'promote', version, '--skill', skill, '--by', 'grace.kim', '--agreed-by', 'lucia.ortega'),
    /** Puts a policy of version 1.9.x on trial. @returns the version's name. */
    put: async (policy: string): Promise<string> => {
      const file = join(folder, 'policy.yaml');
      writeFileSync(file, policy);
      const { code, stdout } = await run('baseline', 'add', file, '--skill', skill);
      expect(code).toBe(0);
      return /1\.9\.\d-[0-9a-f]{8}/.exec(stdout)?.[0] ?? '';
    },
    statusOf: async (version: string): Promise<string | undefined> => {
      const { stdout } = await run('baseline', 'list', '--skill', skill, '--json');
      const { versions } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
        versions: { version: string; status: string }[];
      };
      return versions.find((one) => one.version === version)?.status;
    },
  };
}
