import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Api } from '../api.ts';
import type { CountersignFunction } from '../countersign-function.ts';
import type { Environment } from '../environments.ts';
import { type AlarmsProps, addAlarms } from './declaration.ts';
import { anchorOverdue, functionAlarms } from './function-alarms.ts';
import { serviceAlarms } from './service-alarms.ts';
import { watchAlarms } from './watch-alarms.ts';

export interface PlatformAlarmsProps extends Omit<AlarmsProps, 'skillId'> {
  readonly environment: Environment;
  readonly api: Api;
  readonly functions: readonly CountersignFunction[];
  readonly undelivered: Queue;
}

/** The alarms on what serves all skills. */
export function addPlatformAlarms(scope: Construct, props: PlatformAlarmsProps): void {
  const { environment, place, overrides, api, functions, undelivered } = props;
  const anchor = functions.filter(({ declaration }) => declaration.name === 'anchor');
  addAlarms(scope, { place, overrides }, [
    ...serviceAlarms({ place, api, undelivered }),
    ...watchAlarms(environment.name),
    ...anchor.map(anchorOverdue),
    ...functions.flatMap(functionAlarms),
  ]);
}
