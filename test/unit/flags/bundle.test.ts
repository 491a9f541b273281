import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateFlag } from '../../../lib/platform/flags/evaluate.ts';
import { context, FLAG, flag, rollout, snapshot } from './flags-fixture.ts';

const run = promisify(execFile);
const evaluate = fileURLToPath(new URL('../../../lib/platform/flags/evaluate.ts', import.meta.url));

describe('flag evaluation in a Lambda bundle', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'flags-bundle-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('stays small, answers as it does unbundled, and leaves nothing running', async () => {
    const flags = snapshot([flag({ strategies: [rollout(50)] })]);
    const contexts = ['acme', 'globex', 'initech', 'umbrella'].map((account) => context(account));
    const main = join(directory, 'main.ts');
    const bundle = join(directory, 'main.mjs');
    await writeFile(
      main,
      `import { evaluateFlag } from ${JSON.stringify(evaluate)};
       const answers = ${JSON.stringify(contexts)}.map((c) => evaluateFlag(${JSON.stringify(flags)}, '${FLAG}', c));
       console.log(JSON.stringify(answers));`,
    );
    await build({
      entryPoints: [main],
      outfile: bundle,
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      mainFields: ['module', 'main'],
      banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    });
    const { stdout } = await run(process.execPath, [bundle], { timeout: 10_000 });
    expect(JSON.parse(stdout)).toEqual(contexts.map((given) => evaluateFlag(flags, FLAG, given)));
    expect((await stat(bundle)).size).toBeLessThan(320_000);
  });
});
