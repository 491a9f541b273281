import { skills } from '#skills';
import { readTemplates } from '../../../../lib/infra/read-template.ts';
import { synthesizeTemplates } from '../../../../lib/infra/synthesize.ts';
import { REGION } from './aws-api.ts';

/** The variables of each function of an environment, by its name, as the templates would deploy it. */
export function deployedFunctions(environment: string): Record<string, Record<string, string>> {
  const { stacks } = synthesizeTemplates({ environment, skills });
  const { functions } = readTemplates(stacks, { account: '111122223333', region: REGION, partition: 'aws' });
  return Object.fromEntries(functions.map((one) => [one.functionName, { ...one.environment }]));
}
