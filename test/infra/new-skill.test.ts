import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../lib/infra/bundle.ts';
import { readTemplates, type StackTemplate } from '../../lib/infra/read-template.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'countersign-new-skill-'));
const name = 'tiny-skill-for-tests';
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  // Packages are found as they are for a folder under skills/.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'skills'));
  cpSync(join(import.meta.dirname, 'fixtures/skills', name), join(folder, 'skills', name), { recursive: true });
  const file = join(folder, 'skills', name, 'skill.ts');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('../../../../../lib/', `${root}/lib/`));
});

describe('a skill in a folder that nothing else names', () => {
  test('is found and synthesized', () => {
    const script = `
      import { synthesizeTemplates } from '${root}/lib/infra/synthesize.ts';
      import { skills } from '${root}/skills/registry.ts';
      process.stdout.write(JSON.stringify(synthesizeTemplates({ environment: 'dev', skills }).stacks));`;
    const run = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
      cwd: root,
      env: { COUNTERSIGN_SKILLS: join(folder, 'skills') },
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
    });
    expect(run.stderr).toBe('');
    const stacks = JSON.parse(run.stdout) as StackTemplate[];
    expect(stacks.map((stack) => stack.name)).toEqual([
      'countersign-dev-data',
      'countersign-dev-platform',
      'countersign-dev-u99999',
    ]);
    const { stateMachines, functions } = readTemplates(stacks);
    expect(stateMachines.map(({ skill, name: machine }) => [skill, machine])).toEqual([
      [name, 'countersign-dev-u99999'],
    ]);
    expect(functions.filter(({ skill }) => skill === name)).toHaveLength(10);
  });

  test('is bundled with its text files from where it is', async () => {
    const [made] = await bundle({
      root,
      outdir: join(folder, 'bundle'),
      skills: [{ name, path: join(folder, 'skills', name, 'skill.ts') }],
      declarations: [
        {
          name: 'list-skills',
          entry: 'test/infra/fixtures/functions/list-skills.ts',
          scope: 'skill',
          description: 'A fixture.',
          memoryMegabytes: 128,
          timeoutSeconds: 3,
          grants: [],
        },
      ],
    });
    const run = spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { handler } from '${made!.folder}/index.mjs'; console.log(JSON.stringify(handler()));`,
      ],
      { encoding: 'utf8' },
    );
    expect(JSON.parse(run.stdout)).toEqual({
      names: [name],
      policies: [{ policy: '{"limit":3}' }],
    });
  });
});
