import { readTemplates, type TemplateContents } from '../infra/read-template.ts';
import { synthesizeTemplates } from '../infra/synthesize.ts';
import type { AnySkill } from '../platform/skill/define-skill.ts';

/** Where the local system pretends to be. */
export const LOCAL_PLACE = { account: '000000000000', region: 'eu-central-1', partition: 'aws' } as const;

/** The environment whose templates the local system runs. */
export const LOCAL_ENVIRONMENT = 'dev';

/**
 * All that there is to run, taken from the templates that `cdk deploy` would send: state machines, routes, functions, table,
 * schedules.
 */
export function synthesizedSystem(skills: readonly AnySkill[]): TemplateContents {
  const { stacks } = synthesizeTemplates({ environment: LOCAL_ENVIRONMENT, skills });
  return readTemplates(stacks, LOCAL_PLACE);
}
