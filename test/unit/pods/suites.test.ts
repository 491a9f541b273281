import { expect, test } from 'vitest';
import { integrationSuite } from '../../../lib/platform/promotion/integration-suite.ts';
import type { NamedExample } from '../../../lib/platform/promotion/past-request.ts';
import { startTable } from '../../support/dynamodb.ts';
import { podsSkill } from '../../support/pods-skill.ts';
import { startSystem } from '../executions/system.ts';
import { upTo } from './support.ts';

const example = (name: string, values: readonly number[], outcome: 'published' | 'blocked'): NamedExample => ({
  name,
  example: {
    requester: 'ada-session',
    request: { input: { accountId: 'acme', values } },
    decisions: [],
    handoff: [],
    expected: { outcome, levels: 0, decisions: 0 },
  } as unknown as NamedExample['example'],
});

test('the integration suite takes examples through their pods to the verdict', async () => {
  const store = await startTable();
  try {
    const runtime = await startSystem(store.table, podsSkill);
    const examples = [
      example('sum', upTo(20), 'published'),
      example('negative', [-5, -5, -5, -5], 'blocked'),
      example('wrong', upTo(20), 'blocked'),
    ];
    const { cases, failures } = await integrationSuite(runtime, examples);
    expect(cases).toBe(3);
    expect(failures).toEqual([{ case: 'wrong', message: expect.stringContaining('publish, not block') }]);
  } finally {
    await store.close();
  }
});
