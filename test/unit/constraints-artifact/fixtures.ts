import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { analyse } from '../../../lib/engines/constraints/analysis/analyse.ts';
import { STANDARD_BUDGET } from '../../../lib/engines/constraints/artifact/budget.ts';
import type { ConstraintArtifact } from '../../../lib/engines/constraints/artifact/document.ts';
import { compileArtifact } from '../../../lib/engines/constraints/artifact.ts';
import type { ConstraintSet } from '../../../lib/engines/constraints/model.ts';
import { oracle } from '../../../lib/engines/constraints/oracle/oracle.ts';
import { compileSource } from '../../../lib/engines/constraints/source/compile.ts';
import { readDate } from '../../../lib/engines/constraints/written-values.ts';
import { loadZ3 } from '../../../lib/platform/prover/z3.ts';

const FOLDER = fileURLToPath(new URL('../../fixtures/constraints/', import.meta.url));

/** The day of the decisions in these tests. */
export const TODAY = dayOf('2026-06-01');

export function dayOf(date: string): number {
  const reading = readDate(date);
  if ('value' in reading) return reading.value;
  throw new RangeError(reading.fault);
}

export function fixture(name: string): { readonly file: string; readonly text: string } {
  return { file: `${FOLDER}${name}`, text: readFileSync(`${FOLDER}${name}`, 'utf8') };
}

/** A source over a few fields, for what the large fixtures are too large for. */
export const SMALL = `schema: countersign/constraints/1
name: small
version: 1.0.0
skill: some-skill
fields:
  discount: { type: ratio, minimum: 0 %, maximum: 60 % }
  amount: { type: money, minimum: 0 EUR, maximum: 1000000 EUR }
  kind: { type: enum, values: [new, renewal, other] }
  risk: { type: decimal, scale: 2, minimum: 0, maximum: 1, optional: true }
  clauses: { type: set, values: [exit, audit, lock] }
rules:
  - { id: cap, owner: sales, modality: require, condition: request.discount <= percent("20") }
  - { id: floor, owner: success, modality: require, when: request.kind == "renewal", condition: request.discount >= percent("30") }
  - { id: large, owner: finance, modality: route, when: 'request.amount >= money("100000 EUR")', to: [cfo, vp] }
  - { id: usual-risk, owner: success, modality: default, set: { risk: 0.3 } }
  - { id: risky, owner: success, modality: route, when: 'has(request.risk) && request.risk > decimal("0.5")', to: [lead], effective: { from: 2026-01-01, until: 2027-01-01 } }
  - { id: no-exit, owner: legal, modality: forbid, when: request.discount > percent("10"), condition: '"exit" in request.clauses' }
`;

export function small(more = ''): ConstraintSet {
  return compileSource(`${SMALL}${more}`, 'small.yaml');
}

export async function artifactOf(set: ConstraintSet, day = TODAY): Promise<ConstraintArtifact> {
  const analysis = await analyse(set, STANDARD_BUDGET, loadZ3, oracle(set).holds);
  return compileArtifact({ set, analysis, day });
}
