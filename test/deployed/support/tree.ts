import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** All that synthesizing needs. */
const PARTS = ['bin', 'cdk.json', 'functions', 'lib', 'package.json', 'skills', 'tsconfig.json'];

const HANDLERS = join('functions', 'step-handler.ts');
const CALL = 'watched(invocation, ';

/** Where the steps of all copies write down what ran. */
const RAN = 'ran.log';

/**
 * What a copy's steps begin with: they write down of which revision they are, and for which execution they run. Into a file, so
 * that the order of all of them is kept.
 */
function teller(parent: string, revision: string): string {
  return `
import { appendFileSync } from 'node:fs';
function told<T>(event: unknown, invocation: T): T {
  const { executionId, flow } = event as { executionId?: string; flow?: { executionId: string } };
  appendFileSync(${JSON.stringify(join(parent, RAN))}, \`\${executionId ?? flow?.executionId} ${revision}\\n\`);
  return invocation;
}
`;
}

/** The revisions whose code ran for an execution, one entry for each task, in order: what the steps themselves wrote down. */
export function revisionsOf(parent: string, executionId: string): string[] {
  return readFileSync(join(parent, RAN), 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap(([id, revision = '']) => (id === executionId ? [revision] : []));
}

/**
 * A copy of this checkout whose steps say which revision they are of: the bundle of each differs from the one before, and what
 * ran is on record.
 * @returns the copy's folder.
 */
export function copyOfTree(parent: string, revision: string): string {
  const folder = join(parent, `tree-${revision}`);
  mkdirSync(folder);
  for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const file = join(folder, HANDLERS);
  const source = readFileSync(file, 'utf8');
  if (source.split(CALL).length !== 4) throw new Error(`${HANDLERS} has changed: say here where its steps begin.`);
  writeFileSync(file, source.replaceAll(CALL, 'watched(told(event, invocation), ') + teller(parent, revision));
  return folder;
}
