import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ran, runHere } from './support/run-here.ts';

// As people name them: places in reports are told by the name that was given.
const FOLDER = 'test/fixtures/constraints';
const POLICY = `${FOLDER}/commercial-policy.yaml`;
const MISTAKES = `${FOLDER}/commercial-policy-with-mistakes.yaml`;
const INPUT = `${FOLDER}/inputs/renewal.json`;
const DAY = ['--day', '2026-06-01'];

const scratch = mkdtempSync(join(tmpdir(), 'countersign-constraints-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const constraints = (...args: readonly string[]): Promise<Ran> => runHere(['constraints', ...args]);

function scratchFile(name: string, text: string): string {
  const file = join(scratch, name);
  writeFileSync(file, text);
  return file;
}

/** What a command printed is what was read and found good; `npx vitest run -u` writes it anew. */
async function asExpected(name: string, { stdout }: Ran): Promise<void> {
  await expect(stdout).toMatchFileSnapshot(`../../fixtures/constraints/expected/${name}.txt`);
  for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
}

const policy = readFileSync(POLICY, 'utf8');
const stricter = scratchFile(
  'stricter.yaml',
  policy
    .replace('version: 3.2.0', 'version: 3.3.0')
    .replace('percent("20")', 'percent("18")')
    .replace('to: [ finance ]', 'to: [ finance, legal ]'),
);

const two = (bound: string) => `schema: countersign/constraints/1
name: small
version: 1.0.0
skill: some-skill
fields:
  amount: { type: money, minimum: 0 ${bound.slice(-3)}, maximum: 1000 ${bound.slice(-3)} }
rules:
  - { id: cap, owner: finance, modality: require, condition: request.amount <= money("${bound}"), message: No more. }
`;

describe('check', () => {
  test('a clean policy is clean', async () => {
    const ran = await constraints('check', POLICY, ...DAY);
    await asExpected('check-clean', ran);
    expect(ran.code).toBe(0);
  }, 60_000);

  test('each kind of mistake is found, shown where it stands, with an input and what to do', async () => {
    const ran = await constraints('check', MISTAKES, ...DAY);
    await asExpected('check-mistakes', ran);
    expect(ran.code).toBe(1);
    const codes = [...ran.stdout.matchAll(/^(?:error|warning)\[([a-z-]+)\]/gm)].map(([, code]) => code);
    expect(new Set(codes)).toEqual(
      new Set([
        'conflict',
        'exclusive-routes',
        'dead-rule',
        'shadowed-rule',
        'redundant-rule',
        'table-gap',
        'table-overlap',
        'unreachable-value',
        'always-true',
        'always-false',
        'waiver-unmatched',
      ]),
    );
    expect(ran.stdout).toContain('It may not be published.');
  }, 90_000);

  test('a source that is not valid ends with 2, each problem where it stands', async () => {
    const wrong = policy.replace('request.quote.discount <= percent("20")', 'request.quote.dicsount <= percent("20")');
    const file = scratchFile('wrong.yaml', wrong);
    const { code, stdout } = await constraints('check', file);
    expect(code).toBe(2);
    expect(stdout).toContain(`--> ${file}:`);
    expect(stdout).toMatch(/error\[unknown-field\]/);
    expect(stdout).toMatch(/\^\^\^\^/);
    const json = await constraints('check', file, '--json');
    expect(json.code).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({ valid: false, problems: [{ code: 'unknown-field' }] });
  });

  test.each([['nothing.yaml'], [FOLDER]])('%s cannot be read, which ends with 2', async (file) => {
    const { code, stderr } = await constraints('check', file);
    expect(code).toBe(2);
    expect(stderr).toContain('cannot be read');
  });

  test('a day that is none ends with 2', async () => {
    expect(await constraints('check', POLICY, '--day', '2026-02-30')).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('check as JSON', () => {
  const source = `schema: countersign/constraints/1
name: two
version: 1.0.0
skill: some-skill
fields:
  discount: { type: ratio, minimum: 0 %, maximum: 60 % }
rules:
  - { id: cap, owner: sales, modality: require, condition: request.discount <= percent("10") }
  - { id: floor, owner: success, modality: require, condition: request.discount >= percent("20") }
`;

  test('says all that the artifact holds of the findings, and how it ends follows waivers', async () => {
    const file = scratchFile('two.yaml', source);
    const found = await constraints('check', file, ...DAY, '--json');
    expect(found.code).toBe(1);
    const report = JSON.parse(found.stdout);
    expect(report).toMatchObject({ valid: true, clean: false, publishable: false, failedChecks: [] });
    expect(report.findings).toMatchObject([
      { code: 'conflict', rules: ['cap', 'floor'], owners: ['sales', 'success'] },
    ]);
    const waiver = `waivers:\n  - { finding: "${report.findings[0].digest}", owner: coo, reason: Soon, until: 2026-06-02 }\n`;
    const waived = scratchFile('waived.yaml', `${source}${waiver}`);
    const held = await constraints('check', waived, ...DAY);
    expect(held.code).toBe(0);
    expect(held.stdout).toContain('note[waived]: coo answers for');
    const ended = await constraints('check', waived, '--day', '2026-06-02');
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('warning[waiver-expired]');
    expect(ended.stdout).toContain('error[conflict]');
  });
});

describe('fmt', () => {
  const untidy = policy.replace(
    '  - id: discount-ceiling\n    owner: sales-operations\n',
    '  - owner: "sales-operations"\n    id: discount-ceiling\n',
  );

  test('says whether a source is laid out, prints it laid out, and writes it', async () => {
    const file = scratchFile('untidy.yaml', untidy);
    expect(untidy).not.toBe(policy);
    expect(await constraints('fmt', POLICY, '--check')).toMatchObject({ code: 0, stdout: '' });
    const checked = await constraints('fmt', file, '--check');
    expect(checked.code).toBe(1);
    expect(checked.stderr).toMatch(/untidy\.yaml:\d+: not laid out/);
    expect(readFileSync(file, 'utf8')).toBe(untidy);
    expect(await constraints('fmt', file)).toMatchObject({ code: 0, stdout: policy });
    expect((await constraints('fmt', file, '--write')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(policy);
  });

  test('does not take --check and --write together', async () => {
    expect((await constraints('fmt', POLICY, '--check', '--write')).code).toBe(2);
  });
});

describe('an artifact', () => {
  const file = join(scratch, 'policy.artifact.json');
  let ran: Ran;
  beforeAll(async () => {
    ran = await constraints('compile', POLICY, '--out', file, ...DAY);
  }, 60_000);

  test('is the same bytes on the standard output and in a file', async () => {
    expect(ran).toMatchObject({ code: 0, stdout: '' });
    expect(ran.stderr).toMatch(/^sha256:[0-9a-f]{64}: may be published/);
    expect((await constraints('compile', POLICY, ...DAY)).stdout).toBe(readFileSync(file, 'utf8'));
  }, 60_000);

  test('stands up to its tests; a changed one is refused', async () => {
    const tested = await constraints('test', file);
    await asExpected('test-artifact', tested);
    expect(tested.code).toBe(0);
    const changed = scratchFile('changed.json', readFileSync(file, 'utf8').replace('"bound":2000', '"bound":2001'));
    const refused = await constraints('test', changed);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('is not what was compiled');
  });

  test('decides as its source does, with why and why not', async () => {
    const decided = await constraints('eval', file, INPUT, ...DAY);
    await asExpected('eval', decided);
    expect(decided.code).toBe(1);
    expect((await constraints('eval', POLICY, INPUT, ...DAY)).stdout).toBe(decided.stdout);
    const all = await constraints('eval', file, INPUT, ...DAY, '--all');
    await asExpected('eval-all', all);
    const json = JSON.parse((await constraints('eval', file, INPUT, ...DAY, '--json')).stdout);
    expect(json.decision).toMatchObject({
      outcome: 'denied',
      violated: ['renewal-ceiling'],
      defaults: { 'account.churnRisk': '0.25' },
    });
    expect(json.rules).toHaveLength(34);
  });

  test('ends with 0 where the input is allowed or routed, and with 2 where it does not fit', async () => {
    const input = readFileSync(INPUT, 'utf8');
    const routed = scratchFile('routed.json', input.replace('"18 %"', '"12 %"'));
    expect(await constraints('eval', file, routed, ...DAY)).toMatchObject({ code: 0 });
    const unfit = scratchFile('unfit.json', input.replace('"dach"', '"mars"'));
    const { code, stderr } = await constraints('eval', file, unfit, ...DAY);
    expect(code).toBe(2);
    expect(stderr).toContain('/account/region');
  });

  test('is compared with another version', async () => {
    const differs = await constraints('diff', file, stricter);
    await asExpected('diff', differs);
    expect(differs.code).toBe(1);
    expect(await constraints('diff', file, POLICY)).toMatchObject({
      code: 0,
      stdout: 'Both decide every input alike: this is proved.\n',
    });
    const other = scratchFile(
      'other-fields.yaml',
      policy.replace('minimum: 0 %\n    maximum: 60 %', 'minimum: 0 %\n    maximum: 70 %'),
    );
    const json = await constraints('diff', file, other, '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      verdict: 'equal',
      edits: { fields: { changed: ['quote.discount'] } },
      notes: ['Of quote.discount, only values that both versions accept are compared.'],
    });
    const dollars = scratchFile('dollars.yaml', `${two('100 USD')}`);
    const none = await constraints('diff', scratchFile('euros.yaml', two('100 EUR')), dollars, '--json');
    expect(none.code).toBe(1);
    expect(JSON.parse(none.stdout)).toMatchObject({
      verdict: 'not-comparable',
      because: 'The field amount is another one: money EUR before, money USD now.',
    });
  }, 60_000);

  test('is replayed against, line by line, whatever some lines are', async () => {
    const request = (id: string, discount: string, paymentDays: number): string => {
      const input = JSON.parse(readFileSync(INPUT, 'utf8'));
      input.quote = { ...input.quote, kind: 'expansion', discount, paymentDays };
      return JSON.stringify({ id, day: '2026-06-01', input });
    };
    const lines = [
      request('Q-1', '5 %', 30),
      'no JSON',
      request('Q-2', '19 %', 30),
      '',
      request('Q-3', '10 %', 50),
      '{"input": {"quote": 1}}',
    ];
    const requests = scratchFile('requests.ndjson', `${lines.join('\r\n')}\n`);
    const replayed = await constraints('replay', stricter, requests, '--against', file);
    await asExpected('replay', replayed);
    expect(replayed.code).toBe(1);
    const json = JSON.parse((await constraints('replay', stricter, requests, '--against', file, '--json')).stdout);
    expect(json).toMatchObject({
      requests: 3,
      flips: 2,
      badLines: 2,
      flipped: [{ line: 3, id: 'Q-2' }, { line: 5 }],
      bad: [{ line: 2 }, { line: 6 }],
    });
    const good = scratchFile('good.ndjson', `${request('Q-1', '5 %', 30)}\n`);
    expect(await constraints('replay', stricter, good, '--against', file)).toMatchObject({ code: 0 });
    expect((await constraints('replay', stricter, join(scratch, 'none.ndjson'))).code).toBe(2);
  });
});

describe('another language', () => {
  test('gets its text on the standard output, and what it cannot say on the standard error', async () => {
    const exact = await constraints('compile', POLICY, '--target', 'json-schema', ...DAY);
    expect(exact.code).toBe(0);
    expect(JSON.parse(exact.stdout)).toHaveProperty('$schema');
    const choice = JSON.parse(
      (await constraints('compile', POLICY, '--target', 'step-functions-choice', ...DAY, '--json')).stdout,
    );
    expect(choice).toMatchObject({ fidelity: 'weaker', mediaType: 'application/json' });
    expect(choice.because.join()).toContain('discount-within-margin');
  });

  test('that there is not ends with 2', async () => {
    const { code, stderr } = await constraints('compile', POLICY, '--target', 'cobol');
    expect(code).toBe(2);
    expect(stderr).toContain('There are: artifact, javascript');
  });
});
