import { canonicalJson } from '../../../core/digest.ts';
import { type Json, pointer } from '../../../core/json.ts';
import type { ContractDocument } from '../contract-document.ts';
import { acceptsVersion, type Duration, minutesOf } from '../words.ts';
import {
  type ContractComparison,
  type ContractFinding,
  type ContractForComparison,
  compareContracts,
  type Harmed,
} from './compare-contracts.ts';
import { formatFindings, inFormat } from './formats.ts';

const seconds = (length: Duration): number => minutesOf(length) * 60;

/** A contract in the form in which versions are compared. */
export function forComparison(document: ContractDocument): ContractForComparison {
  const { times, consumers, version } = document;
  return {
    payloadSchema: document.payload.schema,
    requiredEvidence: document.evidence.map(({ type, maximumAgeMinutes, issuers }) => ({
      type,
      maximumAgeSeconds: maximumAgeMinutes * 60,
      issuer: [...issuers].sort().join(' or '),
    })),
    acceptanceCriteria: document.acceptance.map(({ id }) => ({ id })),
    consumers: consumers
      .filter(({ accepts }) => accepts.some((range) => acceptsVersion(range, version)))
      .map(({ id }) => id),
    times: {
      acknowledgementSeconds: seconds(times.acknowledgement),
      acceptanceSeconds: seconds(times.acceptance),
      deliverySeconds: seconds(times.delivery),
    },
    weights: document.scorer.weights,
    obligations: document.obligations.map(({ id, due }) => ({ id, dueSeconds: seconds(due) })),
  };
}

function finding(at: string, rule: string, harmed: readonly Harmed[], message: string, mend: string): ContractFinding {
  return { document: 'new', pointer: at, rule, message, mend, harmed };
}

const same = (a: unknown, b: unknown): boolean => canonicalJson(a ?? null) === canonicalJson(b ?? null);

/** Entries of a list by id that are there before and after, and say something else. */
function reworded<T extends { readonly id: string }>(
  before: readonly T[],
  after: readonly T[],
  isSame: (a: T, b: T) => boolean,
  found: (entry: T, index: number) => ContractFinding,
): ContractFinding[] {
  return after.flatMap((entry, index) => {
    const known = before.find(({ id }) => id === entry.id);
    return known === undefined || isSame(known, entry) ? [] : [found(entry, index)];
  });
}

const BOTH: readonly Harmed[] = ['producer', 'consumer'];
const AGREE = 'Ask both sides, and publish it as a new major version.';

/** Parts of a contract that nothing else compares: whatever changes in one of them has to be agreed to. */
const WHOLE = [
  'calendar',
  'facts',
  'readback',
  'rejectionCodes',
  'pauses',
  'approval',
  'oversight',
  'bounceBudget',
  'publication',
] as const;

function otherFindings(old: ContractDocument, next: ContractDocument): ContractFinding[] {
  const units = Object.entries(next.times).flatMap(([name, length]) => {
    const before = old.times[name as keyof typeof old.times];
    const compared = ['acknowledgement', 'acceptance', 'delivery'].includes(name);
    const kindChanged = Object.keys(before)[0] !== Object.keys(length)[0];
    if (same(before, length) || (compared && !kindChanged)) return [];
    const message = kindChanged
      ? `The time of ${name} is counted otherwise now.`
      : `The time of ${name} is another one.`;
    return [finding(pointer('/times', name), 'time-changed', BOTH, message, AGREE)];
  });
  const { threshold, raises, contingencies } = old.scorer;
  const scorer = same(
    [threshold, raises, contingencies],
    [next.scorer.threshold, next.scorer.raises, next.scorer.contingencies],
  )
    ? []
    : [
        finding(
          '/scorer',
          'threshold-changed',
          ['producer'],
          'What a packet needs to be ready is something else now.',
          AGREE,
        ),
      ];
  const { maximumBytes, personalData } = old.payload;
  const payload = [
    ...(next.payload.maximumBytes < maximumBytes
      ? [
          finding(
            '/payload/maximumBytes',
            'payload-narrowed',
            ['producer'],
            'Payloads may be less long.',
            'Keep the longer length.',
          ),
        ]
      : []),
    ...(next.payload.personalData === personalData
      ? []
      : [
          finding(
            '/payload/personalData',
            'personal-data-changed',
            ['producer'],
            'Whether payloads name people is another thing now.',
            AGREE,
          ),
        ]),
  ];
  return [
    ...units,
    ...scorer,
    ...payload,
    ...reworded(old.acceptance, next.acceptance, same, ({ id }, i) =>
      finding(
        pointer('/acceptance', i),
        'criterion-changed',
        BOTH,
        `The criterion "${id}" asks for something else now.`,
        AGREE,
      ),
    ),
    ...reworded(
      old.obligations,
      next.obligations,
      (a, b) => a.owner === b.owner && a.says === b.says && Object.keys(a.due)[0] === Object.keys(b.due)[0],
      ({ id }, i) =>
        finding(
          pointer('/obligations', i),
          'obligation-changed',
          BOTH,
          `The obligation "${id}" says something else now.`,
          AGREE,
        ),
    ),
    ...WHOLE.flatMap((part) =>
      same(old[part], next[part])
        ? []
        : [finding(pointer('', part), 'term-changed', BOTH, `"${part}" is another one now.`, AGREE)],
    ),
    ...next.evidence.flatMap(({ type, onMissing }, i) => {
      const before = old.evidence.find((each) => each.type === type);
      return before === undefined || before.onMissing === onMissing
        ? []
        : [
            finding(
              pointer('/evidence', i, 'onMissing'),
              'evidence-weight-changed',
              BOTH,
              `Missing "${type}" means something else now.`,
              AGREE,
            ),
          ];
    }),
  ];
}

/** Where the parts of the form for comparison stand in a contract. */
const PLACES: readonly (readonly [RegExp, string])[] = [
  [/^\/payloadSchema/, '/payload/schema'],
  [/^\/requiredEvidence/, '/evidence'],
  [/^\/acceptanceCriteria/, '/acceptance'],
  [/^\/weights/, '/scorer/weights'],
  // Only those that accept the version are compared, so indices are others.
  [/^\/consumers.*/, '/consumers'],
  [/maximumAgeSeconds$/, 'maximumAgeMinutes'],
  [/(?<=^\/evidence\/\d+\/)issuer$/, 'issuers'],
  [/(?<=^\/obligations\/\d+\/)dueSeconds$/, 'due'],
  [/(?<=^\/times\/\w+)Seconds$/, ''],
];

function inDocument(found: ContractFinding): ContractFinding {
  return { ...found, pointer: PLACES.reduce((at, [from, to]) => at.replace(from, to), found.pointer) };
}

/**
 * Compares two versions of a contract as documents: payload schema, evidence, criteria, consumers, times, weights and obligations by
 * `compareContracts`, and everything else that somebody could rely on. Name, version and the order of lists harm nobody; a change
 * that is not known to harm nobody is breaking.
 */
export function compareContractDocuments(old: ContractDocument, next: ContractDocument): ContractComparison {
  const compared = compareContracts(forComparison(old), forComparison(next), 'backward');
  const others = [...formatFindings(old, next), ...otherFindings(old, next)];
  const shown = compared.findings
    .map(inDocument)
    .map((each) =>
      each.counterexample === undefined || each.document === 'old'
        ? each
        : { ...each, counterexample: inFormat(each.counterexample as Json, old, next) },
    );
  return { verdict: others.length > 0 ? 'breaking' : compared.verdict, findings: [...shown, ...others] };
}
