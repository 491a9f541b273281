import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { type FieldId, fieldIds, fieldOf } from '../../../lib/engines/approval-routing/fields.ts';
import { skillFolder } from './support.ts';

const text = readFileSync(new URL('SKILL.md', skillFolder), 'utf8');
const [, frontmatter = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];

/** The frontmatter of the Agent Skills specification (agentskills.io). */
const specification = z.strictObject({
  name: z
    .string()
    .max(64)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  description: z.string().min(1).max(1024),
  license: z.string().optional(),
  compatibility: z.string().min(1).max(500).optional(),
  'allowed-tools': z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
});

describe('SKILL.md', () => {
  it('fits the Agent Skills specification, and is named like its folder', () => {
    const parsed = specification.parse(parse(frontmatter));
    expect(parsed.name).toBe(basename(dirname(fileURLToPath(new URL('SKILL.md', skillFolder)))));
    expect(parsed.metadata?.id).toBe('u01668');
    expect(parsed.metadata?.['feature-flag']).toBe('skill_01668_human-approval-routing');
  });

  it('stays short enough to be read whole', () => {
    expect(body.split('\n').length).toBeLessThan(500);
  });

  it.each([
    ['| `schema-contract-check` |', '| block |'],
    ['| `determinism-check` |', '| escalate |'],
    ['| `policy-approval-check` |', '| block publish |'],
    ['| `primary_artifact_bundle` |', '| structured-report | orchestrator | true |'],
    ['| `execution_scorecard` |', '| scorecard | operator | true |'],
    ['| `handoff_packet` |', '| machine-readable | downstream-skill | true |'],
  ])('states %s ... %s', (start, end) => {
    const rows = body.split('\n').map((line) => line.replace(/ +/g, ' '));
    const row = rows.find((line) => line.startsWith(start));
    expect(row?.endsWith(end)).toBe(true);
  });

  it.each([
    'run-validation:unit+integration+simulation+regression-baseline',
    'rollback:rollback-to-last-stable-baseline',
    'budget-guard:resource-pressure-cap',
  ])('names the action %s', (action) => {
    expect(body).toContain(`\`${action}\``);
  });

  it('links to files that are there', () => {
    const links = [...body.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links.filter((target) => target !== 'examples'))
      expect(readFileSync(new URL(link, skillFolder), 'utf8').length).toBeGreaterThan(0);
  });

  it('has a guide that lists every field a policy may name, and its operators', () => {
    const guide = readFileSync(new URL('reference/writing-a-policy.md', skillFolder), 'utf8');
    const rows = [...guide.matchAll(/^\| `([^`]+)` +\| [^|]+\| ([^|]+)\|/gm)].map(([, field = '', said = '']) => [
      field,
      said,
    ]);
    expect(rows.map(([field]) => field)).toEqual(fieldIds);
    for (const [field = '', said = ''] of rows) {
      const { type } = fieldOf(field as FieldId);
      const allowed = { text: 'eq ne in notIn', texts: 'in (any of), notIn (none)' }[type as string];
      expect(said.trim(), field).toBe(allowed ?? 'eq ne lt lte gt gte');
    }
  });
});
