/** The order of semantic versions: negative when `a` is older. @example byVersion('1.9.0', '1.10.0') // -1 */
export function byVersion(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  const at = left?.findIndex((part, index) => part !== right?.[index]) ?? -1;
  return at < 0 ? 0 : Math.sign((left?.[at] ?? 0) - (right?.[at] ?? 0));
}

/** The first number of a version: what changes when a change is breaking. */
export function majorOf(version: string): number {
  return Number(version.split('.')[0]);
}
