import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const here = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** Analyses a planted set, with its rules in an order of choice, in a process of its own; prints what does not name places. */
function analysed(order: 'as written' | 'reversed' | 'rotated'): string {
  const script = `
    import { analyse } from ${here('../../../lib/engines/constraints/analysis/analyse.ts')};
    import { canonicalJson } from ${here('../../../lib/core/digest.ts')};
    import { boxSet } from ${here('../../support/planted-sets.ts')};
    import { plenty } from ${here('../../support/constraint-sets.ts')};
    const { set } = boxSet(7, 80, 2);
    const orders = {
      'as written': set.rules,
      reversed: set.rules.toReversed(),
      rotated: [...set.rules.slice(31), ...set.rules.slice(0, 31)],
    };
    const rules = orders[${JSON.stringify(order)}];
    const id = (index) => rules[index].id;
    const { findings, ...rest } = await analyse({ ...set, rules }, plenty);
    const named = findings.map(({ spans, ...finding }) => ({
      ...finding,
      rules: finding.rules.map(id).sort(),
      subsetWitnesses: finding.subsetWitnesses?.map(({ without, values }) => [id(without), values]).sort(),
      repair: finding.repair === undefined ? undefined : { ...finding.repair, rule: id(finding.repair.rule) },
    }));
    console.log(canonicalJson({ named, rest }));`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', timeout: 50_000 });
}

test('two processes find the same, byte for byte, whatever the order of the rules', () => {
  const first = analysed('as written');
  expect(JSON.parse(first)).toMatchObject({ rest: { verdict: 'findings' } });
  expect(first).toContain('"repair"');
  expect(analysed('reversed')).toBe(first);
  expect(analysed('rotated')).toBe(first);
}, 60_000);
