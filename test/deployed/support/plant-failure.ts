import { cpSync } from 'node:fs';
import { templatesIn, writeTemplate } from './assembly.ts';
import type { Assembly } from './deployment.ts';

/** The resource that cannot be made. */
export const PLANTED = 'PlantedFailure';

/**
 * A copy of an assembly whose last stack also holds something that cannot be made, after everything else in it has been
 * changed: nobody ever signals the condition that it waits for.
 */
export function withPlantedFailure(assembly: Assembly, stack: string): Assembly {
  const deployable = `${assembly.deployable}-planted`;
  cpSync(assembly.deployable, deployable, { recursive: true });
  const template = templatesIn(deployable).get(stack);
  if (template === undefined) throw new Error(`There is no stack ${stack}.`);
  const before = Object.keys(template.Resources);
  const planted = {
    PlantedHandle: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
    [PLANTED]: {
      Type: 'AWS::CloudFormation::WaitCondition',
      DependsOn: before,
      Properties: { Handle: { Ref: 'PlantedHandle' }, Timeout: '2' },
    },
  };
  const changed = { ...template, Resources: { ...template.Resources, ...planted } };
  writeTemplate(deployable, stack, changed);
  return { ...assembly, deployable };
}
