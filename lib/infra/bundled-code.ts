import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { AnySkill } from '../platform/skill/define-skill.ts';
import { bundle } from './bundle.ts';
import type { CodeSource } from './code-source.ts';
import { sharedFunctions, stepFunctions } from './functions.ts';
import type { SkillModule } from './skills-module.ts';

export interface BundledCodeOptions {
  /** The repository's root. */
  readonly root: string;
  /** The folder that holds a folder for each skill, named like it. */
  readonly skillsFolder: string;
  readonly skills: readonly AnySkill[];
  /** An empty folder for the bundles; CDK copies from it while the stacks are made. */
  readonly outdir: string;
}

/**
 * Bundles all functions: the steps of each skill with that skill alone, the shared ones with all skills.
 * @throws InvalidInput when something cannot be bundled.
 */
export async function bundledCode({ root, skillsFolder, skills, outdir }: BundledCodeOptions): Promise<CodeSource> {
  const moduleOf = ({ name, needs = [] }: AnySkill): SkillModule => ({
    name,
    path: join(skillsFolder, name, 'skill.ts'),
    needs,
  });
  const groups = [
    { declarations: sharedFunctions(), skills: skills.map(moduleOf), outdir: join(outdir, 'shared') },
    ...skills.map((skill) => ({
      declarations: stepFunctions(skill),
      skills: [moduleOf(skill)],
      outdir: join(outdir, skill.id),
    })),
  ];
  // One after the other: a build uses every core, and a failure leaves none behind that still writes.
  for (const group of groups) await bundle({ root, ...group });
  return (declaration, skill) => Code.fromAsset(join(outdir, skill?.id ?? 'shared', declaration.name));
}
