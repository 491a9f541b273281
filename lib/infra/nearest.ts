/** How many letters must be added, removed or replaced to make one text of another (Levenshtein's distance), whatever their case. */
function distance(one: string, other: string): number {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The known name that is most like a given one; of several the first. `undefined` where nothing is known. */
export function nearestTo(name: string, known: readonly string[]): string | undefined {
  return known.map((candidate) => ({ candidate, far: distance(name, candidate) })).toSorted((a, b) => a.far - b.far)[0]
    ?.candidate;
}
