import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, describe, expect, test } from 'vitest';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { addStacks, createApp } from '../../lib/infra/app.ts';
import { withoutBundles } from '../../lib/infra/code-source.ts';
import { environmentOf } from '../../lib/infra/environments.ts';
import { slowTest } from '../support/slow.ts';
import { tinySkill } from './support/templates.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'countersign-app-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the app as CDK's command line does, with nothing else in its environment: no credentials, no region, no home. */
function runApp(context: object, outdir = join(folder, 'out')) {
  const { status, stderr } = spawnSync(process.execPath, ['bin/app.ts'], {
    cwd: root,
    env: { CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context), TMPDIR: folder },
    encoding: 'utf8',
  });
  return { status, stderr, outdir };
}

/** The digest of every file below a folder. */
function digests(outdir: string): { [path: string]: string } {
  const files = readdirSync(outdir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((file) => join(file.parentPath, file.name))
      .sort()
      .map((path) => [relative(outdir, path), createHash('sha256').update(readFileSync(path)).digest('hex')]),
  );
}

describe('bin/app.ts', () => {
  test('says what to do when no environment is named, or an unknown one', () => {
    const none = runApp({});
    expect(none.status).toBe(1);
    expect(none.stderr.trim()).toBe(
      'No environment was named. Say which one with -c env=NAME; there are: dev, staging, prod.',
    );
    const unknown = runApp({ env: 'qa' });
    expect(unknown.status).toBe(1);
    expect(unknown.stderr.trim()).toMatch(/^There is no environment "qa"\. Use one of dev, staging, prod/);
  });

  slowTest(
    'synthesizes without credentials, passes cdk-nag, and writes the same bytes twice',
    { timeout: 240_000 },
    () => {
      const first = runApp({ env: 'dev' }, join(folder, 'first'));
      expect(first.stderr).toBe('');
      expect(first.status).toBe(0);
      const second = runApp({ env: 'dev' }, join(folder, 'second'));
      expect(digests(second.outdir)).toEqual(digests(first.outdir));
      expect(readdirSync(first.outdir).filter((name) => name.endsWith('.template.json'))).toContain(
        'countersign-dev-platform.template.json',
      );
      expect(readdirSync(folder).filter((name) => name.startsWith('countersign-bundles-'))).toEqual([]);
      for (const name of readdirSync(first.outdir).filter((file) => file.endsWith('.json')))
        expect(readFileSync(join(first.outdir, name), 'utf8'), name).not.toContain(root);
    },
  );
});

describe('cdk.json', () => {
  test('sets every flag as CDK recommends it, but for two', () => {
    const recommended = createRequire(import.meta.url)('aws-cdk-lib/recommended-feature-flags.json') as object;
    expect(cdkJson.context).toEqual({
      ...recommended,
      // A stack that others read from must not disappear under them.
      '@aws-cdk/core:defaultCrossStackReferences': 'strong',
      '@aws-cdk/core:enableAdditionalMetadataCollection': false,
    });
  });
});

describe('cdk-nag', () => {
  const domain = {
    name: 'approve.example.com',
    certificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-000000000000',
  };

  test.each(['dev', 'staging', 'prod'])('finds nothing in %s that is not acknowledged with a reason', (name) => {
    const environment = environmentOf(name);
    for (const settings of [environment.settings, { ...environment.settings, domain }]) {
      const app = createApp({ outdir: join(folder, 'nag') });
      addStacks(app, { environment: { name, settings }, skills: [tinySkill], code: withoutBundles });
      const { violations } = new AwsSolutionsChecks(app).validateScope(app);
      expect(violations.map(({ ruleName }) => ruleName)).toEqual([]);
    }
  });

  test('would find what is not acknowledged', () => {
    const app = createApp({ outdir: join(folder, 'nag') });
    addStacks(app, { environment: environmentOf('dev'), skills: [], code: withoutBundles });
    for (const construct of app.node.findAll()) Reflect.set(construct.node, '_metadata', []);
    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    expect(violations.map(({ ruleName }) => ruleName)).toEqual(
      expect.arrayContaining(['AwsSolutions-APIG4', 'AwsSolutions-APIG6']),
    );
  });
});
