import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NotComparable, overCommonFields } from '../../../lib/engines/constraints/analysis/common-fields.ts';
import { difference } from '../../../lib/engines/constraints/analysis/difference.ts';
import { decide } from '../../../lib/engines/constraints/evaluate/decide.ts';
import { readInput } from '../../../lib/engines/constraints/evaluate/read-input.ts';
import type { ConstraintSet } from '../../../lib/engines/constraints/model.ts';
import { oracle } from '../../../lib/engines/constraints/oracle/oracle.ts';
import { compileSource } from '../../../lib/engines/constraints/source/compile.ts';
import { loadZ3 } from '../../../lib/platform/prover/z3.ts';
import { plenty } from '../../support/constraint-sets.ts';

const isDeep = process.env.COUNTERSIGN_DEEP !== undefined;

/** How one version declares its fields. */
interface Declared {
  readonly most: number;
  readonly kinds: readonly string[];
  readonly tags: readonly string[];
  readonly months: boolean;
  readonly isLater: boolean;
}

const RULES = [
  'modality: require, condition: request.seats <= 2',
  'modality: require, when: request.kind == "b", condition: request.seats >= 1',
  'modality: forbid, condition: \'"x" in request.tags && request.kind in ["a", "b"]\'',
  'modality: route, when: size(request.tags) > 0, to: [lead]',
  'modality: route, when: request.seats * request.seats > 3, to: [cfo]',
  'modality: require, when: \'request.tags.all(t, t != "y")\', condition: request.kind != "a"',
];
const WITH_MONTHS = [
  'modality: forbid, when: has(request.months) && request.months > 1',
  'modality: route, when: "!has(request.months)", to: [lead]',
  'modality: default, set: { months: 1 }',
];

function versionOf({ most, kinds, tags, months, isLater }: Declared, chosen: readonly number[]): ConstraintSet {
  const every = months ? [...RULES, ...WITH_MONTHS] : RULES;
  const own = chosen.filter((at) => at < every.length);
  const rules = (own.length === 0 ? [0] : own).map((at) => `  - { id: r${at}, owner: o, message: m, ${every[at]} }`);
  const fields = [
    `  seats: { type: integer, minimum: 0, maximum: ${most} }`,
    `  kind: { type: enum, values: [${kinds}] }`,
    `  tags: { type: set, values: [${tags}] }`,
    ...(months ? ['  months: { type: integer, minimum: 0, maximum: 2, optional: true }'] : []),
  ];
  const text = ['schema: countersign/constraints/1', 'name: n', 'version: 1.0.0', 'skill: a-skill', 'fields:'];
  return compileSource(
    [...text, ...(isLater ? fields.toReversed() : fields), 'rules:', ...rules, ''].join('\n'),
    'version.yaml',
  );
}

const declared = fc.record({
  most: fc.constantFrom(3, 4),
  kinds: fc.constantFrom(['a', 'b'], ['b', 'a', 'c'], ['a', 'c', 'b']),
  tags: fc.constantFrom(['x', 'y'], ['y', 'x', 'z']),
  months: fc.boolean(),
  isLater: fc.boolean(),
});
const chosen = fc.uniqueArray(fc.nat(8), { minLength: 1, maxLength: 6 }).map((rules) => rules.toSorted());

/** Every input that both accept, apart from fields that only one has, in the form of each. */
function* bothAccept(before: Declared, after: Declared) {
  const kinds = after.kinds.filter((kind) => before.kinds.includes(kind));
  const lists = [[], ['x'], ['y'], ['x', 'y'], ['z'], ['x', 'z'], ['y', 'z'], ['x', 'y', 'z']].filter((list) =>
    list.every((tag) => before.tags.includes(tag) && after.tags.includes(tag)),
  );
  for (let seats = 0; seats <= Math.min(before.most, after.most); seats++)
    for (const kind of kinds)
      for (const tags of lists)
        for (const months of before.months || after.months ? [undefined, 0, 1, 2] : [undefined]) {
          const input = { seats, kind, tags };
          const own = ({ months: has }: Declared) => (has && months !== undefined ? { ...input, months } : input);
          yield [own(before), own(after)] as const;
        }
}

describe('two versions with other fields', () => {
  test('differ exactly where an input that both accept is decided otherwise', async () => {
    const verdicts = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        declared,
        declared,
        chosen,
        fc.option(chosen, { freq: 1 }),
        async (fieldsBefore, fieldsAfter, one, edited) => {
          const other = edited ?? one;
          const [before, after] = [versionOf(fieldsBefore, one), versionOf(fieldsAfter, other)];
          let common: ReturnType<typeof overCommonFields>;
          try {
            common = overCommonFields(before, after);
          } catch (error) {
            // Only defaults of a field that both have make these incomparable.
            expect(error).toBeInstanceOf(NotComparable);
            expect(fieldsBefore.months && fieldsAfter.months && one.includes(8) !== other.includes(8)).toBe(true);
            return;
          }
          const [was, is] = [oracle(before).holds, oracle(after).holds];
          const found = await difference(common.before, common.after, plenty, loadZ3, {
            before: (rule, part, values) => was(rule, part, common.asBefore(values)),
            after: (rule, part, values) => is(rule, part, common.asAfter(values)),
          });
          const decided = (set: ConstraintSet, input: unknown) => {
            const { outcome, route } = decide(set, readInput(set, input), 0);
            return outcome === 'denied' ? 'denied' : route.join();
          };
          const differs = [...bothAccept(fieldsBefore, fieldsAfter)].some(
            ([old, now]) => decided(before, old) !== decided(after, now),
          );
          expect(found.verdict).toBe(differs ? 'different' : 'equal');
          verdicts.set(found.verdict, (verdicts.get(found.verdict) ?? 0) + 1);
        },
      ),
      { numRuns: isDeep ? 2_000 : 200, seed: 11 },
    );
    expect(verdicts.get('equal')).toBeGreaterThan(5);
    expect(verdicts.get('different')).toBeGreaterThan(50);
  }, 600_000);

  const plain: Declared = { most: 3, kinds: ['a', 'b'], tags: ['x', 'y'], months: false, isLater: false };

  test('say what is not compared', () => {
    const { notes } = overCommonFields(versionOf(plain, [0]), versionOf({ ...plain, most: 4, months: true }, [0]));
    expect(notes).toEqual([
      'Of seats, only values that both versions accept are compared.',
      'months is new: the old version decides whatever its value.',
    ]);
    expect(overCommonFields(versionOf(plain, [0]), versionOf({ ...plain, isLater: true }, [0])).notes).toEqual([]);
  });

  test('are not comparable when a field means something else, or no value is left', () => {
    const set = versionOf(plain, [0]);
    const changed = (over: object) => ({
      ...set,
      fields: set.fields.map((field) => (field.path === 'seats' ? { ...field, ...over } : field)),
    });
    expect(() => overCommonFields(set, changed({ type: { kind: 'money', currency: 'EUR' } }))).toThrow(
      'The field seats is another one: integer before, money EUR now.',
    );
    expect(() => overCommonFields(set, changed({ minimum: 10, maximum: 20 }))).toThrow(
      'No value of the field seats is accepted by both.',
    );
  });
});
