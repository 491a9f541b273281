import { Stack, type StackProps } from 'aws-cdk-lib';
import { Trigger } from 'aws-cdk-lib/triggers';
import type { Construct } from 'constructs';
import type { AnySkill } from '../platform/skill/define-skill.ts';
import type { AlarmOverrides } from './alarms/overrides.ts';
import { addPlatformAlarms } from './alarms/platform-alarms.ts';
import { addAlarmTopics } from './alarms/topics.ts';
import { Api } from './api.ts';
import type { CodeSource } from './code-source.ts';
import { CountersignFunction } from './countersign-function.ts';
import { addDashboard } from './dashboard/dashboard.ts';
import type { Environment } from './environments.ts';
import { addFirewall } from './firewall.ts';
import { functionVariables } from './function-variables.ts';
import { sharedFunctions } from './functions.ts';
import { addHelperLogs } from './helper-logs.ts';
import { pascal } from './names.ts';
import { placeOf } from './place.ts';
import { Schedules } from './schedules.ts';

export interface PlatformStackProps extends StackProps {
  readonly environment: Environment;
  readonly code: CodeSource;
  /** The skills that the dashboard shows. */
  readonly skills: readonly AnySkill[];
  readonly overrides: AlarmOverrides;
}

/** What serves all skills: the API and its firewall, the schedules, the seeding, the alarms, the dashboard. */
export class PlatformStack extends Stack {
  /** What links in mails begin with. */
  readonly baseUrl: string;

  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id, props);
    const { environment, code, skills, overrides } = props;
    const place = placeOf(this, environment);

    const api = new Api(this, 'Api', { environment });
    this.baseUrl = api.baseUrl;
    const variables = functionVariables(environment, place, api.baseUrl);
    const functions = sharedFunctions().map(
      (declaration) =>
        new CountersignFunction(this, pascal(declaration.name), { declaration, environment, place, code, variables }),
    );
    api.serve(functions);
    addFirewall(this, environment, api);
    const schedules = new Schedules(this, 'Schedules', { functions, place });
    for (const { declaration, lambda } of functions)
      if (declaration.atDeployment) new Trigger(this, `Run${pascal(declaration.name)}`, { handler: lambda });
    const { undelivered } = schedules;
    addAlarmTopics(this, environment, place);
    addPlatformAlarms(this, { environment, place, overrides, api, functions, undelivered });
    addDashboard(this, { environment, place, skills, api, undelivered });
    addHelperLogs(this, environment);
  }
}
