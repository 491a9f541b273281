import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/core/json.ts';
import { contentDigest } from '../../../lib/engines/handoff/content-digest.ts';
import { publicationValue } from './support/contracts.ts';

const rules = { content: ['/headline', '/body'], disclosures: {} };
const base: { [name: string]: Json } = {
  headline: 'Café, faster printing',
  body: ['Twice as fast.', 'Ask us.'],
  layout: { columns: 2 },
  publication: publicationValue(),
};
const digest = (changes: { [name: string]: Json }): string => contentDigest(rules, { ...base, ...changes });
const before = digest({});

describe('the digest of approved content', () => {
  it.each<[string, { [name: string]: Json }]>([
    ['white space and line breaks', { headline: '  Café,\r\n faster\u00a0printing ' }],
    ['another way to write an accent', { headline: 'Cafe\u0301, faster printing' }],
    ['another layout', { layout: { columns: 3 } }],
    ['another order of keys', { publication: Object.fromEntries(Object.entries(publicationValue()).reverse()) }],
  ])('stays for %s', (_, changes) => {
    expect(digest(changes)).toBe(before);
  });

  it.each<[string, { [name: string]: Json }]>([
    ['a letter', { headline: 'Cafe, faster printing' }],
    ['case', { headline: 'Café, Faster printing' }],
    ['an invisible character', { headline: 'Café, faster print\u200bing' }],
    ['a joined word', { headline: 'Café, fasterprinting' }],
    ['the order of paragraphs', { body: ['Ask us.', 'Twice as fast.'] }],
    ['a paragraph cut in two', { body: ['Twice', 'as fast.', 'Ask us.'] }],
    ['the time of publication', { publication: publicationValue({ publishAt: '2026-12-02T09:00:00Z' }) }],
    ['a disclosure', { publication: publicationValue({ disclosures: [] }) }],
    ['an asset', { publication: publicationValue({ assets: [] }) }],
  ])('changes with %s', (_, changes) => {
    expect(digest(changes)).not.toBe(before);
  });
});
