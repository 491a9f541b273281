import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnySkill } from '../platform/skill/define-skill.ts';
import { addStacks, createApp } from './app.ts';
import { withoutBundles } from './code-source.ts';
import { type Environment, environmentOf } from './environments.ts';
import type { StackTemplate } from './resolve-intrinsics.ts';

export interface SynthesizeOptions {
  /** An environment's name, or an environment of one's own. */
  readonly environment: string | Environment;
  readonly skills: readonly AnySkill[];
}

/**
 * Synthesizes the templates in this process, without bundles: all that the local system and the tests need to know of them.
 * Nothing is left on disk.
 * @throws InvalidInput for an unknown environment.
 */
export function synthesizeTemplates({ environment, skills }: SynthesizeOptions): { stacks: StackTemplate[] } {
  const outdir = mkdtempSync(join(tmpdir(), 'countersign-synth-'));
  try {
    const app = createApp({ outdir, complete: false });
    addStacks(app, {
      environment: typeof environment === 'string' ? environmentOf(environment) : environment,
      skills,
      code: withoutBundles,
    });
    const assembly = app.synth();
    return { stacks: assembly.stacks.map((stack) => ({ name: stack.stackName, template: stack.template })) };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
