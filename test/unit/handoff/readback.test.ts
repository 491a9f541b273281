import { describe, expect, it } from 'vitest';
import { compareReadback } from '../../../lib/engines/handoff/readback.ts';
import { supportCase } from './support/contracts.ts';

const { contract, payload } = supportCase();
const right = {
  '/ticket': 'INC-203914',
  '/refund': '12.50 EUR',
  '/reportedOn': '2026-11-17',
  '/symptom': 'printer offline, after the update',
};
const compare = (changes: Record<string, string>) =>
  compareReadback(contract.document, payload.value, { ...right, ...changes });

describe('readback', () => {
  it.each<[string, Record<string, string>]>([
    ['the facts as they stand', {}],
    ['space around an identifier', { '/ticket': ' INC-203914 ' }],
    ['other case, spaces and full stop in text', { '/symptom': '  PRINTER offline, after\nthe update ! ' }],
  ])('takes %s', (_, changes) => {
    expect(compare(changes)).toEqual({ matched: true, problems: [], misread: [] });
  });

  it.each<[string, string, string, string]>([
    ['a digit', '/ticket', 'INC-203915', 'readback-mismatch'],
    ['the case of an identifier', '/ticket', 'inc-203914', 'readback-mismatch'],
    ['a cent', '/refund', '12.51 EUR', 'readback-mismatch'],
    ['a currency', '/refund', '12.50 USD', 'readback-mismatch'],
    ['an amount that is rounded', '/refund', '13 EUR', 'readback-mismatch'],
    ['an amount in no form', '/refund', 'twelve fifty', 'readback-unreadable'],
    ['a day', '/reportedOn', '2026-11-18', 'readback-mismatch'],
    ['a day that does not exist', '/reportedOn', '2026-02-30', 'readback-unreadable'],
    ['a word', '/symptom', 'printer online, after the update', 'readback-mismatch'],
    ['silence', '/symptom', ' ', 'readback-missing'],
  ])('does not take %s, and does not tell what is right', (_, fact, said, code) => {
    const result = compare({ [fact]: said });
    expect(result.matched).toBe(false);
    expect(result.misread).toEqual([fact]);
    expect(result.problems).toMatchObject([{ pointer: `/${fact.replaceAll('/', '~1')}`, code }]);
    expect(JSON.stringify(result)).not.toMatch(/203914|12\.50|1250|2026-11-17|offline/i);
  });

  it('names facts that nobody asked for, and all that is missing at once', () => {
    const result = compareReadback(contract.document, payload.value, { '/steps': '3' });
    expect(result.misread).toHaveLength(4);
    expect(result.problems.map(({ code }) => code)).toContain('unknown-fact');
  });

  it('does not match two absent values', () => {
    const { refund: _, ...rest } = payload.value as Record<string, never>;
    expect(compareReadback(contract.document, rest, right).misread).toEqual(['/refund']);
  });
});
