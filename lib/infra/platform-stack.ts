import { Stack, type StackProps } from 'aws-cdk-lib';
import { Trigger } from 'aws-cdk-lib/triggers';
import type { Construct } from 'constructs';
import { addPlatformAlarms } from './alarms.ts';
import { Api } from './api.ts';
import type { CodeSource } from './code-source.ts';
import { CountersignFunction } from './countersign-function.ts';
import type { Environment } from './environments.ts';
import { addFirewall } from './firewall.ts';
import { functionVariables } from './function-variables.ts';
import { sharedFunctions } from './functions.ts';
import { pascal } from './names.ts';
import { placeOf } from './place.ts';
import { Schedules } from './schedules.ts';

export interface PlatformStackProps extends StackProps {
  readonly environment: Environment;
  readonly code: CodeSource;
}

/** What serves all skills: the API and its firewall, the schedules, the seeding, the alarms. */
export class PlatformStack extends Stack {
  /** What links in mails begin with. */
  readonly baseUrl: string;

  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id, props);
    const { environment, code } = props;
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
    addPlatformAlarms(this, { environment, place, api, functions, undelivered: schedules.undelivered });
  }
}
