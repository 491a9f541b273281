import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { slowTest } from '../support/slow.ts';
import { examples } from './support/example-requests.ts';
import { runCommand } from './support/spawned-system.ts';

// The demonstration keeps its state in a temporary folder; here it is one of ours, to see that nothing is left in it.
const folder = mkdtempSync(join(tmpdir(), 'countersign-demo-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

slowTest(
  'countersign demo plays every example, verifies the evidence, and leaves nothing behind',
  async () => {
    const { code, stdout } = await runCommand(['demo', '--json'], { TMPDIR: folder });
    const lines = stdout.trimEnd().split('\n');
    const { executions, change } = JSON.parse(lines.at(-1) ?? '') as {
      executions: Record<string, unknown>[];
      change: { what: string; ok: boolean }[];
    };
    const ended = (skill: string, expected: object) => ({
      skill,
      executionId: expect.stringMatching(/^ex-[a-z2-7]{26}$/),
      ...expected,
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      verified: true,
    });
    expect(executions).toEqual(
      examples.map(({ skill, example: { expected, followUps } }) => ({
        ...ended(skill.name, expected),
        ...(followUps.length === 0
          ? {}
          : { followUps: followUps.map((each) => ended(each.skill ?? skill.name, each.expected)) }),
      })),
    );
    expect(change.filter(({ ok }) => !ok)).toEqual([]);
    expect(change.map(({ what }) => what)).toContain('the candidate is retired');
    // The table for people comes first: one row an example.
    for (const { example } of examples)
      expect(lines.find((line) => line.startsWith(example.title.slice(0, 40)))).toMatch(/ verified$/);
    expect(stdout).toContain(`${examples.length} executions, ${examples.length} verified offline.`);
    expect(code).toBe(0);
    expect(readdirSync(folder).filter((name) => name.startsWith('countersign-'))).toEqual([]);
  },
  240_000,
);
