import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AnySkill } from '../platform/skill/define-skill.ts';
import { addSkillAlarms } from './alarms.ts';
import type { CodeSource } from './code-source.ts';
import type { Environment } from './environments.ts';
import { functionVariables } from './function-variables.ts';
import { placeOf } from './place.ts';
import { SkillConstruct } from './skill-construct.ts';

export interface SkillStackProps extends StackProps {
  readonly environment: Environment;
  readonly skill: AnySkill;
  readonly code: CodeSource;
  readonly baseUrl: string;
}

/** One skill: a stack of its own, so any number of them fits, and a failed deployment of one rolls back only that one. */
export class SkillStack extends Stack {
  constructor(scope: Construct, id: string, props: SkillStackProps) {
    super(scope, id, props);
    const { environment, skill, code, baseUrl } = props;
    const place = placeOf(this, environment);
    const variables = functionVariables(environment, place, baseUrl);
    const construct = new SkillConstruct(this, 'Skill', { skill, environment, place, code, variables });
    addSkillAlarms(this, construct, place);
  }
}
