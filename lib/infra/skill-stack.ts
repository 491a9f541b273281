import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AnySkill } from '../platform/skill/define-skill.ts';
import type { AlarmOverrides } from './alarms/overrides.ts';
import { addSkillAlarms } from './alarms/skill-alarms.ts';
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
  readonly overrides: AlarmOverrides;
}

/** One skill: a stack of its own, so any number of them fits, and a failed deployment of one rolls back only that one. */
export class SkillStack extends Stack {
  constructor(scope: Construct, id: string, props: SkillStackProps) {
    super(scope, id, props);
    const { environment, skill, code, baseUrl, overrides } = props;
    const place = placeOf(this, environment);
    const variables = functionVariables(environment, place, baseUrl);
    const construct = new SkillConstruct(this, 'Skill', { skill, environment, place, code, variables });
    addSkillAlarms(this, { environment, skill, construct, place, overrides });
  }
}
