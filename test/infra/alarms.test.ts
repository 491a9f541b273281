import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../lib/core/errors.ts';
import type { EnvironmentSettings } from '../../lib/infra/environments.ts';
import { METRICS, POSTURE_LEVELS } from '../../lib/platform/metrics.ts';
import { stacksOf, templateOf, tinySkill } from './support/templates.ts';

type Overrides = NonNullable<EnvironmentSettings['alarms']['overrides']>;
interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions: readonly unknown[];
  readonly MetricName?: string;
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData: string;
}

/** The alarms of both kinds of stack, by name without the environment's prefix. */
function alarmsWith(overrides: Overrides = {}): ReadonlyMap<string, AlarmProperties> {
  const stacks = stacksOf('dev', { alarms: { overrides } });
  const all = ['-platform', `-${tinySkill.id}`].flatMap((ending) =>
    Object.values(templateOf(stacks, ending).findResources('AWS::CloudWatch::Alarm')).map(
      ({ Properties }) => Properties as AlarmProperties,
    ),
  );
  return new Map(all.map((alarm) => [alarm.AlarmName.replace('countersign-dev-', ''), alarm]));
}

const declared = alarmsWith();
const alarm = (name: string, among = declared): AlarmProperties => {
  const found = among.get(name);
  if (found === undefined) throw new Error(`There is no alarm ${name}.`);
  return found;
};

describe('the alarms', () => {
  test('are there for all that can go wrong unseen', () => {
    expect([...declared.keys()]).toEqual(
      expect.arrayContaining([
        `${tinySkill.id}-Failed`,
        `${tinySkill.id}-TimedOut`,
        `${tinySkill.id}-Throttled`,
        `${tinySkill.id}-PostureCritical`,
        'RolledBack',
        'OverdueApproval',
        'TableWriteThrottles',
        'StartExecutionThrottles',
        'Undelivered',
        'FlagSnapshotAge',
        'MailsGivenUp',
        'MailBounceRate',
        'MailComplaintRate',
        'MailFailedErrors',
        'AnchorOverdue',
        'StatementOverdue',
      ]),
    );
    for (const name of Object.keys(METRICS)) expect(declared.has(name), name).toBe(true);
  });

  test('ring the topic of their severity, which their description begins with', () => {
    for (const [name, { AlarmDescription, AlarmActions }] of declared) {
      const [, severity] = /^\[(page|ticket)\] \S/.exec(AlarmDescription) ?? [];
      expect(severity, name).toBeDefined();
      expect(JSON.stringify(AlarmActions), name).toContain(`:countersign-dev-${severity}s"`);
    }
    const pages = [...declared].filter(([, { AlarmDescription }]) => AlarmDescription.startsWith('[page]'));
    expect(pages.map(([name]) => name)).toEqual(expect.arrayContaining(['OverdueApproval', 'ApiServerErrors']));
    expect(pages.length).toBeLessThan(declared.size / 2);
  });

  test('take silence for trouble where something is written, or runs, all the time', () => {
    const breaching = [...declared].filter(([, { TreatMissingData }]) => TreatMissingData === 'breaching');
    expect(breaching.map(([name]) => name).sort()).toEqual(['AnchorOverdue', 'OverdueApproval']);
  });

  test('find anchoring overdue when for three hours no run came to a good end', () => {
    expect(alarm('AnchorOverdue')).toMatchObject({
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      EvaluationPeriods: 3,
      Metrics: expect.arrayContaining([expect.objectContaining({ Expression: 'runs - failures' })]),
    });
  });

  test('ring for a critical posture, not for an elevated one', () => {
    expect(alarm(`${tinySkill.id}-PostureCritical`)).toMatchObject({
      MetricName: 'Posture',
      Threshold: POSTURE_LEVELS.critical,
      Dimensions: [
        { Name: 'Environment', Value: 'dev' },
        { Name: 'Skill', Value: tinySkill.name },
      ],
    });
    expect(POSTURE_LEVELS.elevated).toBeLessThan(POSTURE_LEVELS.critical);
  });
});

describe('an override', () => {
  test('changes threshold, periods and severity of one alarm, and no other', () => {
    const changed = alarmsWith({ SweepFailures: { threshold: 20, periods: 3, severity: 'page' } });
    expect(alarm('SweepFailures', changed)).toMatchObject({
      Threshold: 20,
      EvaluationPeriods: 3,
      AlarmDescription: expect.stringMatching(/^\[page\]/),
    });
    expect(JSON.stringify(alarm('SweepFailures', changed).AlarmActions)).toContain(':countersign-dev-pages"');
    for (const [name, before] of declared)
      if (name !== 'SweepFailures') expect(changed.get(name), name).toEqual(before);
  });

  test('switches an alarm off with a reason that the dashboard shows', () => {
    const overrides = { MailBounceRate: { off: 'This environment mails nobody but us.' } };
    expect([...alarmsWith(overrides).keys()]).toEqual([...declared.keys()].filter((name) => name !== 'MailBounceRate'));
    const [dashboard] = Object.values(
      templateOf(stacksOf('dev', { alarms: { overrides } }), '-platform').findResources('AWS::CloudWatch::Dashboard'),
    );
    expect(JSON.stringify(dashboard)).toContain('`MailBounceRate` is off: This environment mails nobody but us.');
  });

  test('is of every skill under the plain name, and of one under its id, which counts more', () => {
    const own = `${tinySkill.id}-Failed`;
    expect(alarm(own, alarmsWith({ Failed: { threshold: 7 } })).Threshold).toBe(7);
    expect(alarm(own, alarmsWith({ [own]: { threshold: 8 } })).Threshold).toBe(8);
    expect(alarm(own, alarmsWith({ Failed: { threshold: 7, periods: 2 }, [own]: { threshold: 8 } }))).toMatchObject({
      Threshold: 8,
      EvaluationPeriods: 2,
    });
    expect(alarmsWith({ Failed: { threshold: 7 }, [own]: { off: 'It is being replaced.' } }).has(own)).toBe(false);
  });

  test.each([
    ['SweepFailure', 'SweepFailures'],
    ['sweepErors', 'SweepErrors'],
    ['u99998-Failed', 'u99999-Failed'],
    ['overdue-approval', 'OverdueApproval'],
  ])('that matches no alarm fails the synthesis and names the nearest: %s', (name, nearest) => {
    const synthesize = () => alarmsWith({ [name]: { threshold: 3 }, Failed: { threshold: 3 } });
    expect(synthesize).toThrow(InvalidInput);
    expect(synthesize).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('The environment dev overrides alarms'),
        problems: [
          {
            pointer: `/alarms/overrides/${name}`,
            code: 'unknown-alarm',
            message: `There is no alarm "${name}".`,
            mend: `The nearest is "${nearest}".`,
          },
        ],
      }),
    );
  });
});
