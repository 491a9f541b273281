import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../../lib/core/yaml.ts';
import { compileSource } from '../../../lib/engines/constraints/source/compile.ts';
import { formatSource } from '../../../lib/engines/constraints/source/format.ts';
import { FIELDS, HEAD } from './sources.ts';

const UNTIDY = `# What this policy is for.
skill: human-approval-routing-for-sales-and-client-success
${HEAD.replace(/skill.*\n/, '')}
# The facts.
${FIELDS}
rules:
  # Finance insists.
  - modality: require   # since 2025
    id: "cap"
    condition: >-
      ((request.discount<=percent('15')))
      && (request.paymentDays < 30)
    owner: 'finance'

  - { owner: b, modality: forbid, id: long, when: 'request.account.strategic && request.kind in ["discount","renewal"] && (request.paymentDays > 30 || request.termMonths > 12) && request.discount > percent("3")' }
waivers:
  - until: 2026-12-31
    finding: sha256:${'0'.repeat(64)}
    reason: legacy
    owner: finance
`;

describe('the formatter', () => {
  const formatted = formatSource(UNTIDY, 'policy.yaml');

  it('keeps comments, orders keys and drops parentheses that are not needed', () => {
    expect(formatted).toContain('# What this policy is for.');
    expect(formatted).toContain('# The facts.');
    expect(formatted.slice(formatted.indexOf('rules:'))).toBe(`rules:
  # Finance insists.
  - id: cap
    owner: finance
    modality: require # since 2025
    condition: request.discount <= percent("15") && request.paymentDays < 30

  - id: long
    owner: b
    modality: forbid
    when: |-
      request.account.strategic &&
      request.kind in ["discount", "renewal"] &&
      (request.paymentDays > 30 || request.termMonths > 12) &&
      request.discount > percent("3")

waivers:
  - owner: finance
    finding: sha256:${'0'.repeat(64)}
    reason: legacy
    until: 2026-12-31
`);
  });

  it('changes nothing the second time, and neither model nor digest', () => {
    expect(formatSource(formatted, 'policy.yaml')).toBe(formatted);
    const [before, after] = [compileSource(UNTIDY, 'a.yaml'), compileSource(formatted, 'a.yaml')];
    expect(after.sourceDigest).toBe(before.sourceDigest);
    expect(after.rules.map(({ when, effect }) => ({ when, effect }))).toEqual(
      before.rules.map(({ when, effect }) => ({ when, effect })),
    );
    const other = compileSource(UNTIDY.replace("percent('15')", "percent('16')"), 'a.yaml');
    expect(other.sourceDigest).not.toBe(before.sourceDigest);
  });

  it('keeps JSON as JSON, which compiles to the same digest', () => {
    const json = formatSource(JSON.stringify(parseYaml(UNTIDY, 'a.yaml')), 'policy.json');
    expect(Object.keys(JSON.parse(json))).toEqual(['schema', 'name', 'version', 'skill', 'fields', 'rules', 'waivers']);
    expect(formatSource(json, 'policy.json')).toBe(json);
    expect(compileSource(json, 'policy.json').sourceDigest).toBe(compileSource(UNTIDY, 'a.yaml').sourceDigest);
    expect(compileSource(json, 'policy.json').waivers[0]).toMatchObject({ owner: 'finance', until: 20_818 });
  });

  it('keeps comments within expressions, by leaving those alone', () => {
    const commented = `${HEAD}${FIELDS}rules:
  - id: a
    owner: o
    modality: forbid
    when: |-
      request.account.strategic // as agreed
      && request.paymentDays>3
`;
    expect(formatSource(commented, 'a.yaml')).toContain(
      'request.account.strategic // as agreed\n      && request.paymentDays>3',
    );
    expect(compileSource(commented, 'a.yaml').rules[0]?.when.kind).toBe('and');
  });
});
