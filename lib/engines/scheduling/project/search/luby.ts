/** The sequence 1, 1, 2, 1, 1, 2, 4, ... Source: M. Luby, A. Sinclair, D. Zuckerman, Information Processing Letters 47 (1993). */
export function luby(index: number): number {
  let size = 1;
  while (size < index) size = 2 * size + 1;
  let place = index;
  for (; size > 1; size = (size - 1) / 2) {
    if (place === size) return (size + 1) / 2;
    if (place > (size - 1) / 2) place -= (size - 1) / 2;
  }
  return 1;
}
