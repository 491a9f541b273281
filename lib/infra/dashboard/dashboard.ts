import { Duration } from 'aws-cdk-lib';
import { Dashboard, type IWidget, PeriodOverride } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { AnySkill } from '../../platform/skill/define-skill.ts';
import type { Api } from '../api.ts';
import type { Environment } from '../environments.ts';
import type { Place } from '../place.ts';
import { mailWidgets, serviceWidgets } from './service-widgets.ts';
import { skillWidgets } from './skill-widgets.ts';
import { headline, watchWidgets } from './watch-widgets.ts';

export interface DashboardProps {
  readonly environment: Environment;
  readonly place: Place;
  readonly skills: readonly AnySkill[];
  readonly api: Api;
  readonly undelivered: Queue;
}

/**
 * One look at an environment, from what concerns people to what concerns machines: approvals, each skill by outcome, the API, the
 * services below, mail and flags. It shows figures and names of skills, nothing of any execution.
 */
export function addDashboard(scope: Construct, props: DashboardProps): Dashboard {
  const { environment, place, skills, api, undelivered } = props;
  const rows: IWidget[][] = [
    [headline(environment)],
    watchWidgets(environment.name),
    ...skills.map((skill) => skillWidgets(environment.name, place, skill)),
    serviceWidgets({ place, api, undelivered }),
    mailWidgets(environment.name, place),
  ];
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: place.prefix,
    defaultInterval: Duration.hours(24),
    periodOverride: PeriodOverride.INHERIT,
    widgets: rows,
  });
}
