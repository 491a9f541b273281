import { Template } from 'aws-cdk-lib/assertions';
import type { EnvironmentSettings } from '../../../lib/infra/environments.ts';
import { environmentOf } from '../../../lib/infra/environments.ts';
import type { StackTemplate } from '../../../lib/infra/read-template.ts';
import { synthesizeTemplates } from '../../../lib/infra/synthesize.ts';
import { skill as tinySkill } from '../fixtures/skills/tiny-skill-for-tests/skill.ts';

export { tinySkill };

/** The stacks of an environment with the tiny skill. */
export function stacksOf(name: string, settings: Partial<EnvironmentSettings> = {}): readonly StackTemplate[] {
  const environment = environmentOf(name);
  return synthesizeTemplates({
    environment: { name, settings: { ...environment.settings, ...settings } },
    skills: [tinySkill],
  }).stacks;
}

/** The raw template of the stack whose name ends so. */
export function rawTemplate(stacks: readonly StackTemplate[], ending: string): { [key: string]: unknown } {
  const stack = stacks.find(({ name }) => name.endsWith(ending));
  if (stack === undefined) throw new Error(`No stack ends in ${ending}.`);
  return stack.template as { [key: string]: unknown };
}

/** That template, for CDK's assertions. */
export function templateOf(stacks: readonly StackTemplate[], ending: string): Template {
  return Template.fromJSON(rawTemplate(stacks, ending));
}

/** A template without what changes with every byte of code: hashes of assets, versions and deployments. */
export function normalised(template: unknown): unknown {
  const text = JSON.stringify(template)
    .replace(/[0-9a-f]{64}/g, '<asset>')
    .replace(/(CurrentVersion[0-9A-F]{8}|Deployment[0-9A-F]{8})[0-9a-f]{32}/g, '$1<hash>');
  return JSON.parse(text);
}
