import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../lib/core/digest.ts';
import { IntegrityError, InvalidInput } from '../../../lib/core/errors.ts';
import type { ConstraintArtifact } from '../../../lib/engines/constraints/artifact/document.ts';
import { readArtifact } from '../../../lib/engines/constraints/artifact/read-artifact.ts';
import { verifyArtifact } from '../../../lib/engines/constraints/artifact/verify-artifact.ts';
import { compileArtifact, writeArtifact } from '../../../lib/engines/constraints/artifact.ts';
import { decide } from '../../../lib/engines/constraints/evaluate/decide.ts';
import { readInput } from '../../../lib/engines/constraints/evaluate/read-input.ts';
import type { Analysis } from '../../../lib/engines/constraints/findings.ts';
import { compileSource } from '../../../lib/engines/constraints/source/compile.ts';
import { Dice } from '../constraints/dice.ts';
import { randomSet } from '../constraints/random-sets.ts';
import { artifactOf, dayOf, SMALL, small, TODAY } from './fixtures.ts';

/** COUNTERSIGN_DEEP=1 asks for all of the random sets. */
const isDeep = process.env.COUNTERSIGN_DEEP !== undefined;

/** An artifact with something changed and its digest made right again: only what is looked at again can find it. */
function forged(artifact: ConstraintArtifact, change: (body: ConstraintArtifact) => void): ConstraintArtifact {
  const copy = structuredClone(artifact);
  change(copy);
  const { digest: _, ...body } = copy;
  return { ...copy, digest: digestOf(body) };
}

const failing = (artifact: ConstraintArtifact) =>
  verifyArtifact(artifact).flatMap(({ check, holds }) => (holds ? [] : [check]));

const nothing: Analysis = {
  verdict: 'clean',
  findings: [],
  unknowns: [],
  truncated: [],
  coverage: { rules: 0, analysable: 0, tables: 0 },
  spent: { solverSteps: 0, boxes: 0, solverLoaded: false },
};

describe('an artifact', () => {
  test('has the same bytes for the same source, whatever the folder, and other bytes for another rule', async () => {
    const bytes = async (text: string, file: string) => writeArtifact(await artifactOf(compileSource(text, file)));
    const once = await bytes(SMALL, 'small.yaml');
    expect(await bytes(SMALL, '/somewhere/else/small.yaml')).toBe(once);
    expect(await bytes(SMALL.replace('percent("20")', 'percent("21")'), 'small.yaml')).not.toBe(once);
  });

  test('is read back whole from its bytes', async () => {
    const set = small();
    const artifact = await artifactOf(set);
    const read = readArtifact(JSON.parse(writeArtifact(artifact)));
    expect(read.artifact).toEqual(artifact);
    expect(read.set).toEqual(set);
    expect(read.findings.map(({ code, owners }) => [code, owners])).toContainEqual(['conflict', ['sales', 'success']]);
  });

  test('decides by itself as its source does', () => {
    for (let seed = 0; seed < (isDeep ? 30 : 8); seed += 1) {
      const set = randomSet(new Dice(seed), 8);
      const artifact = compileArtifact({ set, analysis: nothing, day: TODAY });
      const { set: again } = readArtifact(JSON.parse(writeArtifact(artifact)));
      for (const { input, day } of artifact.boundaryTests.tests)
        expect(decide(again, readInput(again, input), dayOf(day))).toEqual(
          decide(set, readInput(set, input), dayOf(day)),
        );
    }
  });

  test('is refused when a byte was changed', async () => {
    const text = writeArtifact(await artifactOf(small()));
    expect(() => readArtifact(JSON.parse(text.replace('"bound":2000', '"bound":2500')))).toThrow(IntegrityError);
  });

  test.each([
    [
      'a field that is not there',
      (a: ConstraintArtifact) =>
        Object.assign(a.model.rules[2]?.when ?? {}, { terms: [{ of: 'value', field: 99, coefficient: 1 }] }),
    ],
    [
      'a rule that overrides itself',
      (a: ConstraintArtifact) =>
        Object.assign(a.model.rules[0] ?? {}, { overriddenBy: [1] }) &&
        Object.assign(a.model.rules[1] ?? {}, { overriddenBy: [0] }),
    ],
    [
      'numbers that are none',
      (a: ConstraintArtifact) => Object.assign(a.model.rules[2]?.when ?? {}, { bound: '1); process.exit(' }),
    ],
    [
      'findings about unknown rules',
      (a: ConstraintArtifact) => Object.assign(a.analysis.findings[0] ?? {}, { rules: ['nobody'] }),
    ],
    ['keys that nobody knows', (a: ConstraintArtifact) => Object.assign(a.model, { extra: 1 })],
  ])('is refused with %s', async (_, change) => {
    const artifact = forged(await artifactOf(small()), change);
    expect(() => readArtifact(JSON.parse(JSON.stringify(artifact)))).toThrow(InvalidInput);
  });
});

describe('looking again', () => {
  test('finds nothing wrong with what was compiled', async () => {
    const table = `tables:
  - id: levels
    owner: sales
    hit: unique
    complete: true
    inputs: [discount]
    rows:
      - { if: ['<= 10 %'], route: [lead] }
      - { if: ['[10 %..30 %]'], route: [cfo] }
exclusiveRoutes:
  - [lead, cfo]
`;
    const artifact = await artifactOf(small(table));
    const codes = artifact.analysis.findings.map(({ code }) => code);
    for (const code of ['conflict', 'exclusive-routes', 'table-gap', 'table-overlap']) expect(codes).toContain(code);
    const checks = verifyArtifact(artifact);
    expect(checks.filter(({ holds }) => !holds)).toEqual([]);
    expect(new Set(checks.map(({ check }) => check))).toEqual(
      new Set(['boundary-tests', 'witness', 'subset-witness', 'waivers', 'cost', 'verdict']),
    );
  });

  test.each([
    [
      'witness',
      (a: ConstraintArtifact) => Object.assign(conflictOf(a).witness as object, { kind: 'new', discount: 0 }),
    ],
    [
      'subset-witness',
      (a: ConstraintArtifact) =>
        Object.assign(conflictOf(a).subsetWitnesses?.[0]?.values as object, { discount: 2500 }),
    ],
    ['subset-witness', (a: ConstraintArtifact) => conflictOf(a).subsetWitnesses?.pop()],
    [
      'boundary-tests',
      (a: ConstraintArtifact) => Object.assign(a.boundaryTests.tests[0]?.expected ?? {}, { outcome: 'denied' }),
    ],
    ['boundary-tests', (a: ConstraintArtifact) => a.boundaryTests.tests.pop()],
    ['cost', (a: ConstraintArtifact) => Object.assign(a.cost, { atoms: 1 })],
    ['verdict', (a: ConstraintArtifact) => Object.assign(a.verdict, { publishable: true })],
    [
      'waivers',
      (a: ConstraintArtifact) =>
        a.waivers.inForce.push({ finding: conflictOf(a).digest, owner: 'x', reason: 'y', until: '2030-01-01' }),
    ],
  ])('sees a forged %s', async (check, forge) => {
    const artifact = await artifactOf(small());
    expect(failing(artifact)).toEqual([]);
    expect(failing(forged(artifact, forge))).toContain(check);
  });
});

function conflictOf({ analysis }: ConstraintArtifact) {
  const finding = analysis.findings.find(({ code }) => code === 'conflict');
  if (finding === undefined) throw new Error('There is no conflict.');
  return finding;
}

describe('the verdict', () => {
  const waiver = (finding: string, until: string) =>
    `waivers:\n  - { finding: "${finding}", owner: coo, reason: Until the new price list, until: ${until} }\n`;

  test('does not let an error through', async () => {
    const { verdict } = await artifactOf(small());
    expect(verdict.publishable).toBe(false);
    expect(verdict.reasons.map(({ code }) => code)).toEqual(['finding-conflict']);
  });

  test('does when somebody answers for it, until the day on which the waiver ends', async () => {
    const { digest } = conflictOf(await artifactOf(small()));
    const set = small(waiver(digest, '2026-06-02'));
    const held = await artifactOf(set, dayOf('2026-06-01'));
    expect(held.verdict.publishable).toBe(true);
    expect(held.waivers.inForce.map(({ owner }) => owner)).toEqual(['coo']);
    const ended = await artifactOf(set, dayOf('2026-06-02'));
    expect(ended.verdict.publishable).toBe(false);
    expect(ended.waivers.lapsed.map(({ because }) => because)).toEqual(['expired']);
    expect(ended.verdict.cautions.map(({ code }) => code)).toContain('waiver-expired');
  });

  test('does not when the finding changed: the waiver is reported as unmatched', async () => {
    const { digest } = conflictOf(await artifactOf(small()));
    const changed = `${SMALL}${waiver(digest, '2030-01-01')}`.replace('percent("30")', 'percent("35")');
    const { verdict, waivers } = await artifactOf(compileSource(changed, 'small.yaml'));
    expect(verdict.publishable).toBe(false);
    expect(waivers.lapsed.map(({ because }) => because)).toEqual(['unmatched']);
  });

  test('tells those who approve of targets that say less', async () => {
    const target = { fidelity: 'weaker', because: ['A sum.'], mediaType: 'application/json' } as const;
    const artifact = compileArtifact({ set: small(), analysis: nothing, targets: { choice: target }, day: TODAY });
    expect(artifact.verdict).toMatchObject({ publishable: true, cautions: [{ code: 'target-weaker' }] });
    expect(artifact.targets).toEqual({ choice: target });
  });
});
