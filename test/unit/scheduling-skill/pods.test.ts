import { describe, expect, test, vi } from 'vitest';
import { type Digest, digestOf } from '../../../lib/core/digest.ts';
import type { Json } from '../../../lib/core/json.ts';
import { permuteArrays, permuteKeys } from '../../../lib/platform/executions/permute.ts';
import { wantsPods } from '../../../lib/platform/executions/pod-rounds.ts';
import { runRound, runSkill } from '../../../lib/platform/executions/run-skill.ts';
import type { PodSolving } from '../../../lib/platform/skill/pods.ts';
import { planInstance } from '../../bench/scheduling/plan-instances.ts';
import { artifactOf, check, ingredients, inputOf, policy, run, skill } from './support.ts';

// Plans are made by work, and take longer where the machine has other work.
vi.setConfig({ testTimeout: 60_000 });

const plan = {
  ...planInstance({ touches: 24, reps: 4, days: 5, scenarios: 10 }, 1),
  budget: { moves: 5_000, priceRounds: 100, iterations: 1_000 },
};
const input = inputOf(plan);
const inPods = (pod: number): Record<string, unknown> => ({
  ...policy(),
  sizes: { ...(policy().sizes as Record<string, number>), pod },
});
const configuration = inPods(12);
const pods = skill.pods as PodSolving;

describe('a request above the size of a pod', () => {
  test('is planned in pods, and passes the check that no solver takes part in', async () => {
    const result = await run(input, { configuration });
    const { standing, plan: made, certificate, files, next } = artifactOf(result);
    expect(standing).toBe('gap');
    expect(certificate.pods).toHaveLength(2);
    expect(made.touches).toHaveLength(24);
    expect(next).toHaveLength(made.totals.scheduled);
    expect(files.map(({ name }) => name)).toContain('report.html');
    expect(check(input, result, configuration)).toEqual([]);
    const worse = structuredClone(result);
    Object.assign(artifactOf(worse).certificate, { multipliers: [] });
    expect(check(input, worse, configuration).map(({ message }) => message)).toContainEqual(
      expect.stringContaining('(bound-not-proved)'),
    );
  });

  test('wants its pods first, and then what improves them, each work the same however the request is written', async () => {
    const answers = new Map<Digest, Json>();
    const written = ingredients(input, { configuration });
    const rewritten = { ...written, input: permuteKeys(permuteArrays(input as Json, skill.unorderedArrays)) };
    const kinds: unknown[] = [];
    for (;;) {
      const output = await runRound(skill, written, answers);
      const again = await runRound(skill, rewritten, answers);
      expect(digestOf(again)).toBe(digestOf(output));
      if (!wantsPods(output)) {
        expect(digestOf(output)).toBe(digestOf(await runSkill(skill, written)));
        break;
      }
      kinds.push(output.wants.map((work) => (work as { kind: string }).kind));
      for (const work of output.wants) {
        const answer = await pods.solve(work);
        expect(await pods.solve(permuteKeys(permuteArrays(work, pods.unorderedArrays)) as Json)).toEqual(answer);
        answers.set(digestOf(work), answer);
      }
    }
    expect(kinds).toEqual([['plan', 'plan'], ['improve']]);
    expect(kinds).toHaveLength(pods.mostRounds);
  });

  test('below that size wants nothing', async () => {
    expect(wantsPods(await runRound(skill, ingredients(input, { configuration: inPods(24) }), new Map()))).toBe(false);
  });

  test('is still asked about: revenue that waits, floors and limits are those of the whole', async () => {
    const strict = { ...configuration, deferredRevenue: [{ currency: 'EUR', minorUnits: 0 }] };
    const result = await run(input, { configuration: strict });
    expect(artifactOf(result).plan.totals.deferred).toBeGreaterThan(0);
    expect(result.reasons.map(({ code }) => code)).toContain('revenue-deferred');
    expect(result.verdict).toBe('approve');
  });
});
