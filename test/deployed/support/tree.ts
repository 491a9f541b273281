import { appendFileSync, cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** All that synthesizing needs. */
const PARTS = ['bin', 'cdk.json', 'functions', 'lib', 'package.json', 'skills', 'tsconfig.json'];

/**
 * A copy of this checkout in which every step and every shared function says which revision it is of: each bundle differs
 * from the one before, as if somebody had changed a line in each.
 * @returns the copy's folder.
 */
export function copyOfTree(parent: string, revision: string): string {
  const folder = join(parent, `tree-${revision}`);
  mkdirSync(folder);
  for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const kind of ['steps', 'api', 'scheduled'])
    for (const file of readdirSync(join(folder, 'functions', kind)))
      appendFileSync(
        join(folder, 'functions', kind, file),
        `\nObject.assign(globalThis, { countersignRevision: '${revision}' });\n`,
      );
  return folder;
}
