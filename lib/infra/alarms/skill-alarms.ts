import type { Construct } from 'constructs';
import { POSTURE_LEVELS } from '../../platform/metrics.ts';
import type { AnySkill } from '../../platform/skill/define-skill.ts';
import type { Environment } from '../environments.ts';
import type { SkillConstruct } from '../skill-construct.ts';
import { type AlarmsProps, addAlarms, PERIOD } from './declaration.ts';
import { measuredOfSkill } from './measured.ts';

export interface SkillAlarmsProps extends Omit<AlarmsProps, 'skillId'> {
  readonly environment: Environment;
  readonly skill: AnySkill;
  readonly construct: SkillConstruct;
}

/** Alarms on one skill: executions that end in a fault or were stopped, what slows them down, and a posture that stops it. */
export function addSkillAlarms(scope: Construct, props: SkillAlarmsProps): void {
  const { place, overrides, environment, skill } = props;
  const machine = props.construct.stateMachine;
  addAlarms(scope, { place, overrides, skillId: skill.id }, [
    {
      id: 'Failed',
      severity: 'ticket',
      says: 'An execution ended in a fault. Its incident packet says why; the runbook says what to do.',
      metric: machine.metricFailed({ period: PERIOD }),
      from: 1,
    },
    {
      id: 'TimedOut',
      severity: 'ticket',
      says: 'Step Functions gave an execution up because it took longer than its state machine may.',
      metric: machine.metricTimedOut({ period: PERIOD }),
      from: 1,
    },
    {
      id: 'Aborted',
      severity: 'ticket',
      says: 'Somebody aborted an execution by hand: the sweeper ends its record within half an hour.',
      metric: machine.metricAborted({ period: PERIOD }),
      from: 1,
    },
    {
      id: 'Throttled',
      severity: 'ticket',
      says: 'Step Functions throttled state transitions.',
      metric: machine.metricThrottled({ period: PERIOD }),
      from: 1,
    },
    {
      id: 'PostureCritical',
      severity: 'page',
      says: 'The posture is critical: nothing of this skill is published until somebody lowers it.',
      metric: measuredOfSkill(environment.name, skill.name, 'Posture', 'Maximum'),
      from: POSTURE_LEVELS.critical,
    },
  ]);
}
