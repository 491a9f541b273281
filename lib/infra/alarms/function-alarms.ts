import { Duration } from 'aws-cdk-lib';
import { MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { CountersignFunction } from '../countersign-function.ts';
import { pascal } from '../names.ts';
import { type AlarmDeclaration, PERIOD } from './declaration.ts';

const HOUR = Duration.hours(1);

/** Alarms on one function: throttling, and faults of those that nobody waits for. */
export function functionAlarms({ declaration, lambda }: CountersignFunction): readonly AlarmDeclaration[] {
  const { name, everyMinutes, onMailFailure } = declaration;
  const id = pascal(name);
  const throttles: AlarmDeclaration = {
    id: `${id}Throttles`,
    severity: 'ticket',
    says: `Lambda throttled ${name}.`,
    metric: lambda.metricThrottles({ period: PERIOD }),
    from: 1,
  };
  if (everyMinutes === undefined && onMailFailure === undefined) return [throttles];
  const errors: AlarmDeclaration = {
    id: `${id}Errors`,
    severity: 'page',
    says: `${name} failed as often as it may.`,
    metric: lambda.metricErrors({ period: PERIOD }),
    // What runs each minute may miss a turn; what runs more rarely may not.
    from: everyMinutes === 1 ? 3 : 1,
  };
  return [errors, throttles];
}

/**
 * Anchoring is overdue when none of the hourly runs came to a good end for three hours: such a run has found or written the
 * manifest of its day. Silence means that it does not even run.
 */
export function anchorOverdue({ lambda }: CountersignFunction): AlarmDeclaration {
  return {
    id: 'AnchorOverdue',
    severity: 'ticket',
    says: 'For three hours nobody has seen to it that the heads of the audit chains are anchored.',
    metric: new MathExpression({
      expression: 'runs - failures',
      usingMetrics: {
        runs: lambda.metricInvocations({ period: HOUR }),
        failures: lambda.metricErrors({ period: HOUR }),
      },
      label: 'Runs that came to a good end',
      period: HOUR,
    }),
    below: 1,
    periods: 3,
    whenSilent: TreatMissingData.BREACHING,
  };
}
