import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROBLEM_NAMES } from '../../../lib/cli/schedule/problems.ts';
import { runHere } from './support/run-here.ts';

const text = readFileSync(new URL('../../../docs/scheduling-problems.md', import.meta.url), 'utf8');

/** The documents that the description shows, by the problem that their schema names. */
const shown = new Map(
  [...text.matchAll(/```json\n([\s\S]*?)```/g)].flatMap(([, json = '']) => {
    const document = JSON.parse(json) as { schema?: string };
    const name = /^countersign\/([a-z-]+)\/1$/.exec(document.schema ?? '')?.[1];
    return name === undefined ? [] : [[name, document] as const];
  }),
);
/** The answers that the description shows, by problem. */
const answers = new Map(
  [...text.matchAll(/```json\n([\s\S]*?)```/g)].flatMap(([, json = '']) => {
    const answer = JSON.parse(json) as { problem?: string };
    return answer.problem === undefined ? [] : [[answer.problem, answer] as const];
  }),
);

let folder = '';
const put = (name: string, content: unknown): string => {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-schedule-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const schedule = (problem: string, file: string, ...args: readonly string[]) =>
  runHere(['schedule', '--problem', problem, file, ...args]);

describe('countersign schedule --problem', () => {
  test.each([...PROBLEM_NAMES])('%s: what the description shows is what comes out', async (name) => {
    const file = put(`${name}.json`, shown.get(name));
    const { code, stdout, stderr } = await schedule(name, file, '--json');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual(answers.get(name));
  });

  test.each([...PROBLEM_NAMES])('%s: people read standing, objective, bound and solution', async (name) => {
    const file = put(`${name}.json`, shown.get(name));
    const { code, stdout } = await schedule(name, file, '--budget', '500', '--seed', '3');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${name}: (optimal|gap|heuristic) \\(`));
    expect(stdout).toMatch(/\nspent: \d+ moves/);
    expect(stdout.trim().split('\n').length).toBeGreaterThan(4);
  });

  test.each([...PROBLEM_NAMES])('%s: a document that does not fit ends with 2, and says where', async (name) => {
    const file = put('wrong.json', { schema: `countersign/${name}/1`, surprise: true });
    const { code, stdout, stderr } = await schedule(name, file, '--json');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('/surprise: ');
  });

  test('a project says when each activity runs', async () => {
    const file = put('project.json', shown.get('project'));
    const { stdout } = await schedule('project', file);
    expect(stdout).toContain('project: optimal (nothing is better, which is proved)\nmakespan 660\n');
    expect(stdout).toMatch(/\n +60 to 180 +sign-on\n/);
  });

  test('a cycle is named, in order', async () => {
    const activities = [
      { id: 'a', duration: 1, after: ['b'] },
      { id: 'b', duration: 1, after: ['a'] },
    ];
    const file = put('cycle.json', { schema: 'countersign/project/1', resources: [], activities });
    const { code, stderr } = await schedule('project', file);
    expect(code).toBe(2);
    expect(stderr).toContain('/activities/0/after/0: Activities wait for each other: "a" before "b" before "a".');
  });

  test.each([
    ['nothing', ['schedule'], "missing required argument 'file'"],
    ['a problem that there is not', ['schedule', '--problem', 'knapsack', 'x.json'], 'Allowed choices'],
    ['no file', ['schedule', '--problem', 'project'], "missing required argument 'file'"],
    ['a file that is not there', ['schedule', '--problem', 'project', '/nonexistent/x.json'], 'cannot be read'],
    ['a budget of nothing', ['schedule', '--problem', 'project', 'x.json', '--budget', '0'], 'whole number'],
  ])('%s ends with 2', async (_, args, words) => {
    const { code, stdout, stderr } = await runHere(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
  });
});
