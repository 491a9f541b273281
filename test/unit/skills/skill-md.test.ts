import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { skills } from '#skills';
import { gateName } from '../../../lib/platform/contracts/outcome.ts';
import { executionScorecard, handoffPacket, primaryArtifactBundle } from '../../../lib/platform/contracts/outputs.ts';
import { skillsFolder } from '../../../skills/registry.ts';

const folders = readdirSync(skillsFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** The frontmatter as the Agent Skills specification (agentskills.io/specification) has it, and not a key more. */
const frontmatter = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  description: z.string().trim().min(1).max(1024),
  license: z.string().min(1).optional(),
  compatibility: z.string().min(1).max(500).optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  'allowed-tools': z.string().min(1).optional(),
});

interface Document {
  readonly front: z.infer<typeof frontmatter>;
  readonly body: string;
  /** The cells of every table row in the body, without marks of code. */
  readonly rows: readonly (readonly string[])[];
}

function read(folder: string): Document {
  const text = readFileSync(join(skillsFolder, folder, 'SKILL.md'), 'utf8');
  const [, front = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
  const rows = body
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
  return { front: frontmatter.parse(parse(front)), body, rows };
}

/** What a failure of each gate does, in the words of the document. */
const ON_FAIL: Readonly<Record<z.infer<typeof gateName>, string>> = {
  'schema-contract-check': 'block',
  'determinism-check': 'escalate',
  'policy-approval-check': 'block publish',
};

const OUTPUTS = {
  primary_artifact_bundle: primaryArtifactBundle,
  execution_scorecard: executionScorecard,
  handoff_packet: handoffPacket,
} as const;

test('every folder under skills is a skill of the registry, and the other way round', () => {
  expect(folders.length).toBeGreaterThan(0);
  expect(skills.map(({ name }) => name).sort()).toEqual([...folders].sort());
  for (const field of ['id', 'flag', 'title', 'primaryArtifact'] as const)
    expect(new Set(skills.map((skill) => skill[field])).size, field).toBe(skills.length);
});

describe.each(folders)('%s/SKILL.md', (folder) => {
  const { front, body, rows } = read(folder);
  const skill = skills.find(({ name }) => name === folder);

  test('fits the Agent Skills specification, and has the name of its folder', () => {
    expect(front.name).toBe(folder);
    expect(front.description).not.toMatch(/[<>]/);
    expect(front['allowed-tools']).toBeDefined();
    expect(body.trim()).not.toBe('');
  });

  test('agrees with skill.ts in what it says about the skill', () => {
    expect(front.metadata).toMatchObject({
      id: skill?.id,
      title: skill?.title,
      archetype: skill?.archetype,
      'core-method': skill?.coreMethod,
      'primary-artifact': skill?.primaryArtifact,
      'routing-tag': skill?.routingTag,
      'feature-flag': skill?.flag,
      'release-cycles': String(skill?.releaseCycles),
    });
  });

  test('names every gate with what its failure does', () => {
    for (const gate of gateName.options) {
      const row = rows.find(([cell]) => cell === gate);
      expect(row?.at(-1), gate).toBe(ON_FAIL[gate]);
    }
  });

  test('names every output with the consumer that its schema declares', () => {
    for (const [name, schema] of Object.entries(OUTPUTS)) {
      const row = rows.find(([cell]) => cell === name);
      expect(row?.slice(2), name).toEqual([schema.shape.consumer.value, 'true']);
    }
  });

  test('names every guardrail with its action, and no other', () => {
    const actions = [...body.matchAll(/→ `([^`]+)`/g)].map(([, action]) => action);
    expect(actions.sort()).toEqual(skill?.guardrails.map(({ action }) => action).sort());
    for (const { kind } of skill?.guardrails ?? []) expect(body).toContain(`- ${kind}: `);
  });

  test('names every consumer that the skill serves', () => {
    for (const consumer of skill?.consumers ?? []) expect(body).toContain(`\`${consumer}\``);
  });

  test('has a day, a week and a month in its cadence, as the skill has', () => {
    for (const [title, text] of [
      ['Day', skill?.cadence.daily],
      ['Week', skill?.cadence.weekly],
      ['Month', skill?.cadence.monthly],
    ]) {
      expect(text).not.toBe('');
      expect(body).toMatch(new RegExp(`^- ${title}: `, 'm'));
    }
  });
});
