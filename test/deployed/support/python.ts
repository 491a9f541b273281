import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const REQUIREMENTS = fileURLToPath(new URL('../requirements.txt', import.meta.url));
const CACHE = join(ROOT, 'node_modules', '.cache', 'countersign');

/** Why the server cannot be installed here, in a sentence. */
export class NoPython extends Error {}

function run(command: string, args: readonly string[]): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 240_000 });
  if (error !== undefined) throw new NoPython(`${command} does not run: ${error.message}`);
  if (status !== 0)
    throw new NoPython(`${command} ${args.join(' ')} ended with ${status}:\n${(stderr || stdout).slice(-1500)}`);
}

/** Python 3.11 or newer: the pinned packages need more packages on older ones. */
function python(): string {
  const check = 'import sys, venv; sys.exit(0 if sys.version_info >= (3, 11) else 1)';
  for (const name of ['python3', 'python3.13', 'python3.12', 'python3.11'])
    if (spawnSync(name, ['-c', check]).status === 0) return name;
  throw new NoPython('There is no Python 3.11 or newer with the module venv here.');
}

/**
 * A virtual environment with the pinned server, made at the first call and kept: its folder is named by the digest of the
 * requirements, so another pin is another folder. Every package must have the hash that the requirements name.
 * @returns the folder of its programs.
 * @throws NoPython when there is no Python, or a package cannot be had.
 */
export function installedServer(): string {
  const digest = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  const folder = join(CACHE, `ministack-${digest}`);
  const complete = join(folder, 'complete');
  if (!existsSync(complete)) {
    rmSync(folder, { recursive: true, force: true });
    run(python(), ['-m', 'venv', folder]);
    const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input', 'install', '--quiet'];
    run(join(folder, 'bin', 'python'), [...pip, '--only-binary', ':all:', '--require-hashes', '-r', REQUIREMENTS]);
    writeFileSync(complete, '');
  }
  return join(folder, 'bin');
}
