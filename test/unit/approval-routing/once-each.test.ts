import { describe, expect, it } from 'vitest';
import { ask, level, rule, shortPlan, smallPolicy } from './support.ts';

/** Levels a, b, ... in sequence, each with its people and quorum. */
function planOf(...levels: [people: string, quorum: unknown, more?: object][]) {
  const declared = levels.map(([people, quorum, more], index) =>
    level('abcd'[index] ?? 'e', {
      order: index,
      quorum,
      approvers: people.split('').map((person) => ({ person })),
      ...more,
    }),
  );
  const ids = declared.map((each) => (each as { id: string }).id);
  const result = ask({
    policy: smallPolicy({ levels: declared, rules: [rule('always', undefined, { require: ids })] }),
  });
  return { result, plan: shortPlan(result).flat() };
}

describe('a person whom two levels ask for approves once', () => {
  it('counts an approval that the earlier level cannot do without', () => {
    const { result, plan } = planOf(['xy', 'all'], ['xz', 'all']);
    expect(plan).toEqual(['a 2/x,y', 'b 1/z']);
    expect(result.onceEach).toEqual([{ personId: 'x', rule: 'counted', keeps: 'a', gives: 'b' }]);
  });

  it('drops a later level that the earlier one satisfies', () => {
    const { result, plan } = planOf(['x', 'all'], ['xy', 'any'], ['z', 'any']);
    expect(plan).toEqual(['a 1/x', 'c 1/z']);
    expect(result.satisfied).toEqual([{ levelId: 'b', because: ['always'] }]);
    expect(result.plan?.stages.map(({ stage }) => stage)).toEqual([1, 2]);
  });

  it('sees that any two of three include one of two', () => {
    expect(planOf(['xyz', { atLeast: 2 }], ['xy', 'any']).plan).toEqual(['a 2/x,y,z']);
    expect(planOf(['xyz', 'any'], ['xyz', 'any']).plan).toEqual(['a 1/x,y,z']);
  });

  it('lets somebody decide later only where the earlier level has people to spare', () => {
    const { result, plan } = planOf(['xy', 'any'], ['x', 'all']);
    expect(plan).toEqual(['a 1/y', 'b 1/x']);
    expect(result.onceEach).toEqual([{ personId: 'x', rule: 'moved', keeps: 'b', gives: 'a' }]);
  });

  it('does both where it must, and never lowers what a level asks for', () => {
    expect(planOf(['xyz', { atLeast: 2 }], ['xy', 'all']).plan).toEqual(['a 2/y,z', 'b 1/x']);
  });

  it('keeps the stronger assurance when an approval counts twice', () => {
    const { result } = planOf(['x', 'all'], ['x', 'all', { assurance: 'mail-code' }]);
    expect(result.plan?.stages[0]?.levels[0]?.assurance).toBe('mail-code');
  });

  it('escalates within the limit of the level that it also answers for', () => {
    const escalation = [{ to: { managerOfApprover: 1 }, serviceLevelBusinessHours: 8 }];
    const policy = smallPolicy({
      levels: [
        level('a', {
          order: 1,
          approvers: [{ person: 'mid' }],
          escalation: [{ to: { person: 'x' }, serviceLevelBusinessHours: 8 }],
        }),
        level('b', { order: 2, approvers: [{ person: 'mid' }], minimumLimit: 'amount', escalation }),
      ],
      rules: [rule('always', undefined, { require: ['a', 'b'] })],
    });
    const [only] = ask({ policy }).plan?.stages.flatMap(({ levels }) => levels) ?? [];
    // x holds no limit, so the manager above x stands in.
    expect(only?.escalation[0]?.seats.map(({ approver }) => approver)).toEqual(['top']);
  });

  it('escalates outside the chain of command when the level it also answers for must be independent of it', () => {
    const policy = smallPolicy({
      levels: [
        level('a', {
          order: 1,
          approvers: [{ person: 'x' }],
          escalation: [{ to: { person: 'mid' }, serviceLevelBusinessHours: 8 }],
        }),
        level('b', { order: 2, approvers: [{ person: 'x' }], independentOfReportingLine: true }),
      ],
      rules: [rule('always', undefined, { require: ['a', 'b'] })],
    });
    const [only, ...more] = ask({ policy }).plan?.stages.flatMap(({ levels }) => levels) ?? [];
    expect(more).toEqual([]);
    expect(only?.escalation).toEqual([]);
  });
});
