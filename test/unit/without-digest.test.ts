import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../lib/core/errors.ts';
import { loadPolicy } from '../../lib/engines/approval-routing/policy.ts';
import { skill } from '../../skills/human-approval-routing-for-sales-and-client-success/skill.ts';

describe('a policy', () => {
  test('that holds half a character has no digest, and is refused where it stands', () => {
    const policy = skill.baselineConfiguration() as { name: string; rules: { because: string }[] };
    expect(() => loadPolicy(policy)).not.toThrow();
    const problemsOf = (document: unknown) => {
      try {
        loadPolicy(document);
      } catch (error) {
        if (error instanceof InvalidInput) return error.problems;
        throw error;
      }
      return [];
    };
    expect(problemsOf({ ...policy, name: 'Half \ud800 a character' })).toMatchObject([
      { pointer: '/name', code: 'malformed-text', mend: 'Send well-formed Unicode.' },
    ]);
  });
});
