import { describe, expect, test } from 'vitest';
import { flat } from './support/policies.ts';
import { stacksOf, templateOf, tinySkill } from './support/templates.ts';

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: { readonly title?: string; readonly markdown?: string; readonly metrics?: readonly unknown[][] };
}

const [dashboard] = Object.values(templateOf(stacksOf('dev'), '-platform').findResources('AWS::CloudWatch::Dashboard'));
const body = flat(dashboard!.Properties.DashboardBody);
const { widgets } = JSON.parse(body) as { widgets: readonly Widget[] };

describe('the dashboard', () => {
  test('is one for the environment, under its name', () => {
    expect(dashboard!.Properties.DashboardName).toBe('countersign-dev');
    expect(widgets.find(({ type }) => type === 'text')?.properties.markdown).toContain('# Countersign dev');
  });

  test('shows each skill’s executions by outcome', () => {
    const graph = widgets.find(({ properties }) => properties.title === `u99999 ${tinySkill.name}: ended, by outcome`);
    expect(graph?.properties.metrics?.map((metric) => metric.slice(0, 8))).toEqual(
      ['published', 'rejected', 'changes-requested', 'withdrawn', 'expired', 'blocked', 'rolled-back'].map(
        (outcome) => ['Countersign', 'Ended', 'Environment', 'dev', 'Outcome', outcome, 'Skill', tinySkill.name],
      ),
    );
  });

  test('shows in one look what waits, postures, latency, throttles, mail and the age of the flags', () => {
    for (const name of [
      'WaitingApprovals',
      'OverdueApproval',
      'Posture',
      'FlagSnapshotAge',
      'MailsGivenUp',
      'Reputation.BounceRate',
      'Latency',
      '5XXError',
      'Throttles',
      'WriteThrottleEvents',
      'BlockedRequests',
      'ExecutionThrottled',
    ])
      expect(body, name).toContain(`"${name}"`);
    expect(Math.max(...widgets.map(({ y, height }) => y + height))).toBeLessThanOrEqual(34);
  });

  test('fills rows of 24 units without one widget over another', () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column += 1)
        for (let row = y; row < y + height; row += 1) {
          expect(taken.has(`${column},${row}`)).toBe(false);
          taken.add(`${column},${row}`);
        }
    }
  });
});
