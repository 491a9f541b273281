import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skills } from '#skills';
import { type Bundle, bundle } from '../../lib/infra/bundle.ts';
import { stepFunctions } from '../../lib/infra/functions.ts';
import { OPTIMIZER } from '../../lib/infra/package-optimizer.ts';
import { skillsFolder } from '../../skills/registry.ts';
import { runsSlowTests } from '../support/slow.ts';

const root = join(import.meta.dirname, '../..');
const outdir = mkdtempSync(join(tmpdir(), 'countersign-optimizer-test-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

describe.skipIf(!runsSlowTests)('a skill that needs an optimizer', () => {
  let steps: readonly Bundle[] = [];
  let executing: readonly string[] = [];
  const step = (name: string): Bundle => {
    const found = steps.find((each) => each.name === name);
    if (found === undefined) throw new RangeError(name);
    return found;
  };

  beforeAll(async () => {
    const found = skills.find(({ needs = [] }) => needs.includes('optimizer'));
    if (found === undefined) throw new RangeError('No skill needs an optimizer.');
    const module = { name: found.name, path: join(skillsFolder, found.name, 'skill.ts'), needs: found.needs ?? [] };
    const declarations = stepFunctions(found);
    executing = declarations.filter((each) => each.skills === 'engine').map(({ name }) => name);
    steps = await bundle({ root, outdir, declarations, skills: [module] });
  }, 120_000);

  test('has it beside the functions that execute it, and in no bundle', () => {
    const beside = steps.filter(({ folder }) => existsSync(join(folder, 'node_modules', OPTIMIZER)));
    expect(executing).toEqual(expect.arrayContaining(['execute', 'verify']));
    expect(beside.map(({ name }) => name)).toEqual(executing);
    for (const { name, modules, folder } of steps) {
      expect(
        [...modules].filter(([path]) => path.includes(`node_modules/${OPTIMIZER}/`)),
        name,
      ).toEqual([]);
      expect(/import\("highs"\)/.test(readFileSync(join(folder, 'index.mjs'), 'utf8')), name).toBe(
        executing.includes(name),
      );
    }
  });

  test('costs the others nothing of the engine but the shape of a request', () => {
    for (const { name, modules } of steps) {
      if (executing.includes(name)) continue;
      const bytes = [...modules].reduce(
        (sum, [path, size]) => (path.includes('engines/scheduling/') ? sum + size : sum),
        0,
      );
      expect(bytes, name).toBeLessThan(12_000);
    }
  });

  test('solves with it from beside the bundle, loaded on demand and not before', { timeout: 60_000 }, async () => {
    const { folder } = step('execute');
    const file = join(folder, 'index.mjs');
    const script = `
      const { handler } = await import(process.argv[1]);
      const { default: load } = await import('highs');
      const highs = await load();
      const problem = { numCols: 1, numRows: 1, colCost: Float64Array.of(1), colLower: Float64Array.of(0), colUpper: Float64Array.of(9),
        rowLower: Float64Array.of(3), rowUpper: Float64Array.of(9),
        matrix: { format: 'csr', numRows: 1, numCols: 1, starts: Int32Array.of(0, 1), indices: Int32Array.of(0), values: Float64Array.of(2) } };
      const answer = highs.withModel(problem, (model) => {
        model.options.set({ output_flag: false });
        model.run();
        return model.getObjectiveValue();
      });
      console.log(JSON.stringify([typeof handler, answer]));`;
    // The packages of the repository are out of sight: what is found lies beside the bundle.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', script, pathToFileURL(file).href],
      { cwd: folder, env: { PATH: process.env.PATH } },
    );
    expect(JSON.parse(stdout)).toEqual(['function', 1.5]);

    // Without it the function starts all the same: nothing looks for it before a plan is made.
    const alone = join(outdir, 'alone.mjs');
    copyFileSync(file, alone);
    const started = await promisify(execFile)(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        'console.log(typeof (await import(process.argv[1])).handler)',
        pathToFileURL(alone).href,
      ],
      { cwd: outdir, env: { PATH: process.env.PATH } },
    );
    expect(started.stdout.trim()).toBe('function');
  });

  test('fits what Lambda takes, unzipped', () => {
    const bytes = readdirSync(step('execute').folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
    console.log(`execute with its optimizer: ${(bytes / 1e6).toFixed(1)} MB`);
    expect(bytes).toBeLessThan(10_000_000);
  });
});
