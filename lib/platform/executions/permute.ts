/** An array, told from a read-only one. */
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same JSON value with the keys of every object in the opposite order. */
export function permuteKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(permuteKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, permuteKeys(member)]),
  );
}

function reverseAt(value: unknown, path: readonly string[]): unknown {
  const [token, ...rest] = path;
  if (token === undefined) return Array.isArray(value) ? value.toReversed() : value;
  if (Array.isArray(value))
    return value.map((member, index) => (token === '*' || token === String(index) ? reverseAt(member, rest) : member));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      token === '*' || token === key ? reverseAt(member, rest) : member,
    ]),
  );
}

/**
 * The same JSON value with some of its arrays in the opposite order.
 * @param patterns JSON Pointers (RFC 6901) in which `*` stands for any one token.
 */
export function permuteArrays(value: unknown, patterns: readonly string[]): unknown {
  return patterns.reduce(
    (permuted, pattern) =>
      reverseAt(
        permuted,
        pattern
          .split('/')
          .slice(1)
          .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~')),
      ),
    value,
  );
}
