import { GraphWidget, type IWidget, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { outcome } from '../../platform/contracts/outcome.ts';
import type { AnySkill } from '../../platform/skill/define-skill.ts';
import { PERIOD } from '../alarms/declaration.ts';
import { measuredOfSkill } from '../alarms/measured.ts';
import type { Place } from '../place.ts';

/** Outcomes of executions; a request that needs scoping never becomes one. */
const OUTCOMES = outcome.options.filter((one) => one !== 'needs-scoping');

/** One skill: how its executions ended, what its state machine does, and its posture. */
export function skillWidgets(environment: string, place: Place, skill: AnySkill): IWidget[] {
  const machine = (metricName: string, statistic: string, label: string) =>
    new Metric({
      namespace: 'AWS/States',
      metricName,
      dimensionsMap: { StateMachineArn: `${place.stateMachinePrefix}${skill.id}` },
      statistic,
      period: PERIOD,
      label,
    });
  return [
    new GraphWidget({
      title: `${skill.id} ${skill.name}: ended, by outcome`,
      left: OUTCOMES.map((one) =>
        measuredOfSkill(environment, skill.name, 'Ended', 'Sum', { Outcome: one }).with({ label: one }),
      ),
      stacked: true,
      width: 12,
    }),
    new GraphWidget({
      title: `${skill.id}: state machine`,
      left: [
        machine('ExecutionsStarted', 'Sum', 'started'),
        machine('ExecutionsFailed', 'Sum', 'failed'),
        machine('ExecutionsTimedOut', 'Sum', 'timed out'),
        machine('ExecutionThrottled', 'Sum', 'throttled'),
      ],
      width: 6,
    }),
    new GraphWidget({
      title: `${skill.id}: posture (0 normal, 1 elevated, 2 critical)`,
      left: [measuredOfSkill(environment, skill.name, 'Posture', 'Maximum').with({ label: 'posture' })],
      leftYAxis: { min: 0, max: 2 },
      width: 6,
    }),
  ];
}
