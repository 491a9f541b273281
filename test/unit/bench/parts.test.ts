import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readFacts } from '../../../lib/engines/approval-routing/fields.ts';
import { agreement } from '../../bench/peers/agreement.ts';
import { plainValue, type Verdict } from '../../bench/peers/contender.ts';
import { countersignEngine } from '../../bench/peers/countersign.ts';
import { bytesIn } from '../../bench/support/directory-size.ts';
import { byWorkers } from '../../bench/support/executions.ts';
import { interleave } from '../../bench/support/interleave.ts';
import { seeded } from '../../bench/support/random.ts';
import { referenceData } from '../../bench/support/reference.ts';
import { requestsFor } from '../../bench/support/requests.ts';
import { functionOf, sdkImportsUnder } from '../../bench/support/sdk-imports.ts';
import { median, percentile, rounded } from '../../bench/support/statistics.ts';
import { readable } from '../../bench/support/table.ts';
import { holdToBudget } from '../../bench/transitions.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('statistics', () => {
  test('take the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([median(hundred), percentile(hundred, 0.95), percentile(hundred, 1)]).toEqual([50, 95, 100]);
    expect(median([3, 1, 2])).toBe(2);
    expect(() => median([])).toThrow(RangeError);
  });

  test('keep three digits', () => {
    expect([rounded(1234.5), rounded(0.0012345)]).toEqual([1230, 0.00123]);
  });
});

describe('the requests', () => {
  const { policy, directory } = referenceData();
  const asked = requestsFor(seeded(7), directory, 400);

  test('are the same for the same seed, and distinct', () => {
    expect(requestsFor(seeded(7), directory, 400)).toEqual(asked);
    expect(requestsFor(seeded(8), directory, 400)).not.toEqual(asked);
    expect(new Set(asked.map((each) => JSON.stringify(each))).size).toBe(asked.length);
  });

  test('ask for every level of the policy, are denied and are approved automatically', () => {
    const facts = asked.map(({ request }) => readFacts(request));
    const verdicts = countersignEngine(policy, facts)() as readonly Verdict[];
    const levels = new Set(verdicts.flatMap((verdict) => verdict.levels));
    expect(levels.size).toBe(policy.levels.length);
    expect(verdicts.some(({ denials }) => denials.length > 0)).toBe(true);
    expect(verdicts.some(({ automatic }) => automatic.length > 0)).toBe(true);
  });
});

describe('engines', () => {
  const verdict = (level: string): Verdict => ({ denials: [], automatic: [], levels: [level] });

  test('that agree are counted', async () => {
    const both = [verdict('a'), verdict('b')];
    expect(await agreement({ ours: () => both, theirs: async () => both })).toBe(2);
  });

  test('that differ on one request, or answer too few, fail the run', async () => {
    const ours = () => [verdict('a'), verdict('b')];
    await expect(agreement({ ours, theirs: () => [verdict('a'), verdict('c')] })).rejects.toThrow(/Request 1: ours/);
    await expect(agreement({ ours, theirs: () => [verdict('a')] })).rejects.toThrow(/theirs gives 1 verdicts, ours 2/);
  });

  test('without currencies get whole amounts, and nothing to compare where there is no conversion', () => {
    const { policy } = referenceData();
    const plain = (currency: string) => plainValue({ currency, minorUnits: 1_003 }, policy, 'EUR');
    expect([plain('EUR'), plain('USD'), plain('INR'), plain('JPY')]).toEqual([1_003_000, 922_760, 11_033, null]);
  });
});

describe('contenders', () => {
  test('take turns, each round beginning with another', async () => {
    const order: string[] = [];
    const contender = (name: string) => () => order.push(name);
    const times = await interleave({ a: contender('a'), b: contender('b') }, 2);
    expect(order.join('')).toBe('abbaab');
    expect(Object.keys(times)).toEqual(['a', 'b']);
  });

  test('that are executions run by so many workers at a time, each number once', async () => {
    let running = 0;
    let most = 0;
    const results = await byWorkers(10, 3, async (number) => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      return number;
    });
    expect(results).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(most).toBe(3);
  });
});

describe('the budget of transitions', () => {
  const counted = (waits: number, transitions: number) => [{ name: 'it', outcome: 'published', waits, transitions }];

  test('holds six states without a wait and nine with one', () => {
    for (const each of [counted(0, 6), counted(1, 9), counted(3, 12)]) expect(() => holdToBudget(each)).not.toThrow();
    expect(() => holdToBudget(counted(0, 7))).toThrow(/it entered 7 states; with 0 waits, 6 are allowed/);
    expect(() => holdToBudget(counted(1, 10))).toThrow(/it entered 10 states; with 1 waits, 9 are allowed/);
  });
});

describe('the SDK baseline', () => {
  test('holds what modules import by value, each once', () => {
    const modules = join(folder, 'modules/deeper');
    mkdirSync(modules, { recursive: true });
    writeFileSync(join(modules, 'a.ts'), "import { type AClient, BCommand } from '@aws-sdk/client-b';\n");
    writeFileSync(
      join(modules, '../b.ts'),
      "import type { X } from '@aws-sdk/client-b';\nimport {\n  BClient,\n  BCommand,\n} from '@aws-sdk/client-b';\n",
    );
    const imports = sdkImportsUnder(join(folder, 'modules'));
    expect(imports).toEqual([{ from: '@aws-sdk/client-b', names: ['BClient', 'BCommand'] }]);
    expect(functionOf(imports)).toContain("import { BClient, BCommand } from '@aws-sdk/client-b';");
  });

  test('covers every client of the product', () => {
    const packages = sdkImportsUnder('lib/platform').map(({ from }) => from.replace('@aws-sdk/', ''));
    const clients = ['dynamodb', 'kms', 's3', 'secrets-manager', 'sesv2', 'sfn'].map((name) => `client-${name}`);
    expect(packages).toEqual([...clients, 'lib-dynamodb']);
  });
});

test('the bytes of a folder are those of all its files; a missing folder has none', () => {
  mkdirSync(join(folder, 'size/below'), { recursive: true });
  writeFileSync(join(folder, 'size/a'), '12345');
  writeFileSync(join(folder, 'size/below/b'), '123');
  expect([bytesIn(join(folder, 'size')), bytesIn(join(folder, 'nowhere'))]).toEqual([8, 0]);
});

test('a report is read with its ratios first and a column for each figure', () => {
  const text = readable({
    benchmark: 'some',
    figures: { first: { perSecond: 12345.6 }, second: { perSecond: 1.2345, bytes: 7 } },
    ratios: { firstToSecond: 10_000 },
    environment: { node: 'v1.0.0', cpus: 2 },
    agreed: 3,
  });
  expect(text.split('\n').map((line) => line.trim().split(/\s{2,}/))).toEqual([
    ['Ratios'],
    ['firstToSecond', '10,000'],
    [''],
    ['Figures', 'perSecond', 'bytes'],
    ['first', '12,345.6'],
    ['second', '1.23', '7'],
    [''],
    ['3 results checked. Node v1.0.0, 2 CPUs.'],
  ]);
});
