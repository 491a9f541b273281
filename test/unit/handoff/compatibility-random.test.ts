import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { compareSchemas } from '../../../lib/engines/handoff/compatibility/compare-schemas.ts';
import { instanceFor, mentionedIn } from './support/random-instances.ts';
import { Dice, mutation, randomDocument, type Schema } from './support/random-schemas.ts';

interface Tally {
  readonly verdicts: { compatible: number; breaking: number; unknown: number };
  readonly refuted: string[];
  readonly unshown: string[];
  readonly milliseconds: number[];
  instances: number;
  /** Compatible pairs for which the full number of instances was found. */
  full: number;
}

/** Looks for an instance that the first accepts and the second refuses, among so many valid ones. */
function refute(old: Schema, next: Schema, samples: number, dice: Dice, tally: Tally): string | undefined {
  const ajv = new Ajv2020({ strict: false, logger: false, validateSchema: false });
  const [before, after] = [ajv.compile(old), ajv.compile(next)];
  const mentioned = mentionedIn([old, next]);
  let valid = 0;
  for (let count = 0; count < 5 * samples && valid < samples; count++) {
    const guide = count % 3 === 0 ? next : old;
    const instance = instanceFor(guide, guide, dice, mentioned);
    if (!before(instance)) continue;
    valid += 1;
    if (!after(instance)) return JSON.stringify({ old, next, instance });
  }
  tally.instances += valid;
  if (valid === samples) tally.full += 1;
  return undefined;
}

function compareRandomPairs(seeds: readonly number[], samples: number): Tally {
  const verdicts = { compatible: 0, breaking: 0, unknown: 0 };
  const tally: Tally = { verdicts, refuted: [], unshown: [], milliseconds: [], instances: 0, full: 0 };
  for (const seed of seeds) {
    const dice = new Dice(seed);
    const old = randomDocument(dice);
    const next = dice.chance(75) ? mutation(old, dice) : randomDocument(dice);
    const start = performance.now();
    const { verdict, findings } = compareSchemas(old, next, 'backward');
    tally.milliseconds.push(performance.now() - start);
    verdicts[verdict] += 1;
    if (verdict === 'compatible') {
      const refutation = refute(old, next, samples, dice, tally);
      if (refutation !== undefined) tally.refuted.push(refutation);
    }
    const ajv = new Ajv2020({ strict: false, logger: false, validateSchema: false });
    const shown = findings.filter((finding) => Object.hasOwn(finding, 'counterexample'));
    if (verdict === 'breaking') {
      const [before, after] = [ajv.compile(old), ajv.compile(next)];
      const isShown = shown.length > 0 && shown.every(({ counterexample: value }) => before(value) && !after(value));
      if (!isShown) tally.unshown.push(JSON.stringify({ old, next, findings }));
    }
  }
  return tally;
}

function expectTrust(tally: Tally, pairs: number): void {
  const { verdicts, refuted, unshown, milliseconds, instances, full } = tally;
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]?.toFixed(1);
  console.log(
    `${pairs} pairs: ${JSON.stringify(verdicts)}, decided ${(100 - (100 * verdicts.unknown) / pairs).toFixed(2)} %, ` +
      `${at(0.5)} ms at p50, ${at(0.99)} ms at p99; ${instances} instances, ${full} compatible pairs with the full number`,
  );
  expect(refuted).toEqual([]);
  expect(unshown).toEqual([]);
  expect(verdicts.unknown / pairs).toBeLessThan(0.05);
  // A generator whose pairs are all alike would show nothing.
  expect(verdicts.compatible / pairs).toBeGreaterThan(0.2);
  expect(verdicts.breaking / pairs).toBeGreaterThan(0.15);
  expect(full / verdicts.compatible).toBeGreaterThan(0.5);
}

/** Takes a quarter of an hour: `npm run test:deep` only, not CI. */
const deepTest = process.env.COUNTERSIGN_DEEP === undefined ? test.skip : test;

const seeds = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);

test('200 random pairs: no proof is refuted, every break is shown, nearly all is decided', () => {
  expectTrust(compareRandomPairs(seeds(1, 200), 50), 200);
});

deepTest('20,000 random pairs with 1,000 instances each', { timeout: 3_600_000 }, () => {
  expectTrust(compareRandomPairs(seeds(1_000_000, 20_000), 1000), 20_000);
});

test('the sampling finds a break that is there', () => {
  const tally: Tally = compareRandomPairs([], 0);
  const [old, next] = [
    { type: 'object', properties: { id: { type: 'integer' } } },
    { type: 'object', properties: { id: { type: 'integer', maximum: 6 } } },
  ];
  expect(refute(old, next, 1000, new Dice(1), tally)).toBeDefined();
  expect(refute(next, old, 1000, new Dice(1), tally)).toBeUndefined();
});
