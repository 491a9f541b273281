import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { LocalFunctions } from '../../../lib/local/functions.ts';
import { causeOf } from '../../../lib/local/states/lambda.ts';

const ERRORS = new URL('../../../lib/core/errors.ts', import.meta.url).href;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-functions-'));
  const problem = { pointer: '/input/amount', code: 'too-small', message: 'Expected more.', mend: 'Ask for more.' };
  writeFileSync(
    join(folder, 'refuse.ts'),
    `import { InvalidInput } from ${JSON.stringify(ERRORS)};
export async function handler() { throw new InvalidInput('It does not fit.', [${JSON.stringify(problem)}]); }
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the cause of a failed task holds the message alone, as Lambda reports it; the problems are told beside it', async () => {
  const functions = new LocalFunctions(folder, [{ functionName: 'refuse', entry: 'refuse.ts' }]);
  const result = await functions.invoke('refuse', {});
  if (result.ok) throw new Error('It did not refuse.');
  expect(result.errorType).toBe(new InvalidInput('').name);
  const cause = JSON.parse(causeOf(result)) as { errorMessage: string; trace: string[] };
  expect(Object.keys(cause).sort()).toEqual(['errorMessage', 'errorType', 'trace']);
  expect(cause.errorMessage).toBe('It does not fit.');
  expect(JSON.stringify(cause)).not.toContain('Ask for more');
  expect(result.problems).toContain('Ask for more.');
});
