import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { CountersignError, describeProblems } from '../lib/core/errors.ts';
import { addStacks, createApp } from '../lib/infra/app.ts';
import { bundledCode } from '../lib/infra/bundled-code.ts';
import { environmentOf } from '../lib/infra/environments.ts';
import { readEnvironments } from '../lib/infra/environments-file.ts';
import { skills, skillsFolder } from '../skills/registry.ts';

/**
 * The CDK app: `npx cdk synth -c env=dev`, `npx cdk deploy --all -c env=dev`, with `-c environments=FILE` for settings of your
 * own in a file. It needs neither credentials nor a network.
 */
async function main(): Promise<void> {
  const app = createApp();
  const file: string | undefined = app.node.tryGetContext('environments');
  const environment = environmentOf(app.node.tryGetContext('env'), readEnvironments(file), file);
  const outdir = mkdtempSync(join(tmpdir(), 'countersign-bundles-'));
  try {
    const root = join(import.meta.dirname, '..');
    addStacks(app, { environment, skills, code: await bundledCode({ root, skillsFolder, skills, outdir }) });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }));
    app.synth();
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof CountersignError)) throw error;
  console.error([error.message, ...(error.problems.length > 0 ? [describeProblems(error.problems)] : [])].join('\n'));
  process.exitCode = 1;
}
