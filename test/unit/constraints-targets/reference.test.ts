import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileSource } from '../../../lib/engines/constraints/source/compile.ts';
import { targets } from '../../../lib/engines/constraints/targets/index.ts';
import type { TargetName } from '../../../lib/engines/constraints/targets/output.ts';
import { readDate } from '../../../lib/engines/constraints/written-values.ts';

const page = readFileSync(new URL('../../../docs/constraints-targets.md', import.meta.url), 'utf8');

/** The text of the block that begins with a line such as "```json sql-where". */
function block(info: string): string {
  const match = new RegExp(`^\`\`\`${info}\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page);
  if (match?.[1] === undefined) throw new Error(`There is no block "${info}".`);
  return match[1];
}

describe('the page about targets', () => {
  const set = compileSource(block('yaml source'), 'refunds.yaml');
  const day = readDate('2026-01-01');

  it.each<[string, TargetName]>([
    ['json dynamodb-condition', 'dynamodb-condition'],
    ['json sql-where', 'sql-where'],
    ['cedar', 'cedar'],
    ['smt', 'smt-lib'],
    ['markdown', 'markdown'],
  ])('shows in the block "%s" what is written', (info, name) => {
    expect('value' in day && targets[name](set, { day: day.value }).text).toBe(block(info));
  });

  it('tells of every target', () => {
    for (const name of Object.keys(targets)) expect(page).toContain(`\n## \`${name}\`\n`);
  });
});
