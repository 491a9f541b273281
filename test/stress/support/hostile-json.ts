import fc from 'fast-check';

type Path = readonly (string | number)[];

/** Every place in a document, the whole one first. */
function placesOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, member]) => placesOf(member, [...at, key]))];
}

/** A document with one place changed; `change` answers the new members of what holds it. */
function changedAt(value: unknown, path: Path, change: (container: unknown, key: string | number) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined || typeof value !== 'object' || value === null) return value;
  if (rest.length === 0) return change(value, key);
  const member = changedAt((value as Record<string, unknown>)[key], rest, change);
  return withMember(value, key, member);
}

/** Sets a member as JSON.parse would: also one called `__proto__`. */
function withMember(container: unknown, key: string | number, member: unknown): unknown {
  const copy = Array.isArray(container) ? [...container] : { ...(container as object) };
  Object.defineProperty(copy, key, { value: member, enumerable: true, configurable: true, writable: true });
  return copy;
}

function withoutMember(container: unknown, key: string | number): unknown {
  if (Array.isArray(container)) return container.toSpliced(Number(key), 1);
  const { [key]: _removed, ...rest } = container as Record<string, unknown>;
  return rest;
}

const nested = (depth: number): unknown =>
  depth === 0 ? 0 : depth % 2 === 0 ? [nested(depth - 1)] : { a: nested(depth - 1) };

/** Values that have broken programs before. */
const hostileValues = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    ' ',
    0,
    -0,
    -1,
    0.1,
    1e21,
    1e308,
    Number.MAX_SAFE_INTEGER,
    Number.MAX_SAFE_INTEGER + 1,
    Number.MIN_SAFE_INTEGER,
    'EUR',
    'XXX',
    'eur',
    '__proto__',
    'constructor',
    'acc-aurelia',
    'ana.ruiz',
    '../../etc/passwd',
    '\u0000',
    '\ud800',
    '\u202e',
    'İ',
    'a'.repeat(20_000),
    '2026-02-30',
    '2026-11-20T09:00:00.000Z',
    [],
    {},
    [[]],
  ),
  fc.constantFrom(50, 400).map(nested),
  fc.integer({ min: 2, max: 400 }).map((length) => Array.from({ length }, () => ({}))),
  fc.integer(),
  fc.string({ unit: 'binary', maxLength: 50 }),
);

const keys = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'id', 'input', 'amount'),
  fc.string({ maxLength: 20 }),
);

const edits = fc.record({
  at: fc.nat(),
  edit: fc.oneof(
    hostileValues.map((value) => ({ kind: 'set' as const, value })),
    fc.constant({ kind: 'remove' as const }),
    fc.constant({ kind: 'double' as const }),
    fc.record({ kind: fc.constant('add' as const), key: keys, value: hostileValues }),
    fc.nat().map((from) => ({ kind: 'move' as const, from })),
  ),
});

function edited(
  document: unknown,
  { at, edit }: { at: number; edit: { kind: string } & Record<string, unknown> },
): unknown {
  const places = placesOf(document);
  const path = places[at % places.length] ?? [];
  if (path.length === 0) return edit.kind === 'set' ? edit.value : document;
  return changedAt(document, path, (container, key) => {
    const member = (container as Record<string, unknown>)[key];
    switch (edit.kind) {
      case 'set':
        return withMember(container, key, edit.value);
      case 'remove':
        return withoutMember(container, key);
      case 'double':
        return Array.isArray(container) ? [...container, member] : withMember(container, `${key}`, [member, member]);
      case 'add':
        return typeof member === 'object' && member !== null && !Array.isArray(member)
          ? withMember(container, key, withMember(member, String(edit.key), edit.value))
          : container;
      default: {
        const from = places[Number(edit.from) % places.length] ?? [];
        const other = from.reduce<unknown>(
          (value, step) => (value as Record<string, unknown> | undefined)?.[step],
          document,
        );
        return withMember(container, key, other);
      }
    }
  });
}

/** Documents that begin as valid ones and are then changed in up to three places. */
export function hostileDocuments(valid: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc
    .record({ base: fc.constantFrom(...valid), changes: fc.array(edits, { maxLength: 3 }) })
    .map(({ base, changes }) => changes.reduce<unknown>((document, one) => edited(document, one), base));
}
