/**
 * The largest sum of some of the sizes that is not above a limit, each size at most once. A limit that no selection can reach may be
 * lowered to it: no plan is lost, and the linear relaxation no longer counts minutes that nobody can fill.
 */
export function reachable(sizes: readonly number[], high: number): number {
  const all = (1n << BigInt(high + 1)) - 1n;
  const full = 1n << BigInt(high);
  let sums = 1n;
  for (const size of sizes) {
    if (size <= high) sums |= (sums << BigInt(size)) & all;
    if ((sums & full) !== 0n) return high;
  }
  return sums.toString(2).length - 1;
}
