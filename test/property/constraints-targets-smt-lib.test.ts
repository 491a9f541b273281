import { describe, expect, it } from 'vitest';
import { smtLib, smtLibInput } from '../../lib/engines/constraints/targets/smt-lib.ts';
import { loadZ3 } from '../../lib/platform/prover/z3.ts';
import { PATIENCE, Tally, targetCases } from '../support/constraint-targets.ts';

const STEPS = 5_000_000;

describe('the SMT-LIB script', () => {
  it(
    'is satisfiable with the inputs that the rules permit, and with no others',
    async () => {
      const z3 = await loadZ3();
      const tally = new Tally();
      for (const { set, output, inputs } of targetCases(smtLib, { seed: 22, sets: 16, inputs: 8, mixed: 0.9 })) {
        tally.add(output.fidelity);
        const questions = inputs.map(({ values }) => `(push)\n${smtLibInput(set, values)}(pop)\n`);
        const { output: answers } = z3.run(`${output.text}${questions.join('')}`, STEPS);
        const [some, ...each] = answers.trim().split(/\s+/);
        expect(each, answers).toHaveLength(inputs.length);
        inputs.forEach(({ values, reference }, n) => {
          expect(each[n]).toMatch(/^(un)?sat$/);
          expect(tally.fault(output, reference, each[n] === 'sat'), JSON.stringify(values)).toBe(undefined);
        });
        // The question about any input must not contradict those about one.
        if (each.includes('sat')) expect(some).not.toBe('unsat');
      }
      expect(tally.fidelity).toMatchObject({ weaker: 0, refused: 0 });
      expect(Math.min(...Object.values(tally.outcomes))).toBeGreaterThan(25);
    },
    PATIENCE,
  );
});
