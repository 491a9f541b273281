import { randomFrom } from '../random.ts';
import type { PlanRequest, Segment } from './request-shape.ts';

/** FNV-1a over UTF-16 units: a text as a 32-bit number. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}

/**
 * The scenarios of a request: for each account, and each scenario, the multiplier of its losses in basis points. It is the
 * product of a shock that all accounts of a segment share (2,000 to 18,000, mean 10,000, most often near it) and of one that is
 * the account's own (5,000 to 15,000), so that bad months hit whole segments, which is what makes a tail. The numbers of an
 * account follow from the seed and its id alone: they stay the same when other accounts come and go, so two plans are compared
 * under the same luck.
 */
export function drawScenarios(
  request: Pick<PlanRequest, 'accounts' | 'scenarios'>,
): ReadonlyMap<string, readonly number[]> {
  const { seed, count } = request.scenarios;
  const shocks = new Map<Segment, number[]>();
  const shocksOf = (segment: Segment): number[] => {
    const known = shocks.get(segment);
    if (known !== undefined) return known;
    const random = randomFrom(seed ^ hashOf(`segment ${segment}`));
    const drawn = Array.from({ length: count }, () => 2_000 + random.below(8_001) + random.below(8_001));
    shocks.set(segment, drawn);
    return drawn;
  };
  return new Map(
    request.accounts.map((account) => {
      const random = randomFrom(seed ^ hashOf(`account ${account.id}`));
      const multipliers = shocksOf(account.segment).map((shock) =>
        Math.floor((shock * (5_000 + random.below(10_001))) / 10_000),
      );
      return [account.id, multipliers] as const;
    }),
  );
}
