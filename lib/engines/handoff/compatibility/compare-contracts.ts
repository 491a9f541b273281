import { pointer } from '../../../core/json.ts';
import { type Comparison, compareSchemas, type Direction, type Verdict } from './compare-schemas.ts';

/** What a contract version says besides its payload schema, as far as versions are compared. Times are whole seconds. */
export interface ContractForComparison {
  readonly payloadSchema: unknown;
  readonly requiredEvidence: readonly {
    readonly type: string;
    readonly maximumAgeSeconds: number;
    readonly issuer: string;
  }[];
  readonly acceptanceCriteria: readonly { readonly id: string }[];
  /** Who declared to accept packets of this contract. */
  readonly consumers: readonly string[];
  /** How long each party has. */
  readonly times: {
    readonly acknowledgementSeconds: number;
    readonly acceptanceSeconds: number;
    readonly deliverySeconds: number;
  };
  /** Points of the readiness score, by factor. */
  readonly weights: Readonly<Record<string, number>>;
  readonly obligations: readonly { readonly id: string; readonly dueSeconds: number }[];
}

/** The producer hands over, the consumer takes over, the customer waits for what comes of it. */
export type Harmed = 'producer' | 'consumer' | 'customer';

/** One difference between contract versions that harms somebody. */
export interface ContractFinding {
  readonly document: 'old' | 'new';
  readonly pointer: string;
  readonly rule: string;
  readonly message: string;
  readonly mend: string;
  /** Who is worse off; nobody where something has only to be known. */
  readonly harmed: readonly Harmed[];
  readonly counterexample?: unknown;
}

export interface ContractComparison {
  readonly verdict: Verdict;
  readonly findings: readonly ContractFinding[];
}

const TIMES = {
  acknowledgementSeconds: { what: 'acknowledge', within: 'consumer', waiting: ['producer'] },
  acceptanceSeconds: { what: 'accept', within: 'consumer', waiting: ['producer'] },
  deliverySeconds: { what: 'deliver', within: 'consumer', waiting: ['producer', 'customer'] },
} as const;

const inNew = (
  at: string,
  rule: string,
  harmed: readonly Harmed[],
  message: string,
  mend: string,
): ContractFinding => ({
  document: 'new',
  pointer: at,
  rule,
  message,
  mend,
  harmed,
});

const inOld = (...of: Parameters<typeof inNew>): ContractFinding => ({ ...inNew(...of), document: 'old' });

function evidenceFindings(old: ContractForComparison, next: ContractForComparison): ContractFinding[] {
  const findings: ContractFinding[] = [];
  const before = new Map(old.requiredEvidence.map((evidence) => [evidence.type, evidence]));
  for (const [index, evidence] of next.requiredEvidence.entries()) {
    const at = pointer('/requiredEvidence', index);
    const known = before.get(evidence.type);
    if (known === undefined) {
      const message = `The evidence "${evidence.type}" is required now; packets of the old version lack it.`;
      findings.push(inNew(at, 'evidence-added', ['producer'], message, 'Require it in a new major version.'));
      continue;
    }
    if (evidence.maximumAgeSeconds < known.maximumAgeSeconds) {
      const message = `"${evidence.type}" may be ${evidence.maximumAgeSeconds} s old instead of ${known.maximumAgeSeconds} s.`;
      findings.push(
        inNew(
          pointer(at, 'maximumAgeSeconds'),
          'evidence-age-shortened',
          ['producer'],
          message,
          'Keep the longer age.',
        ),
      );
    }
    if (evidence.maximumAgeSeconds > known.maximumAgeSeconds) {
      const message = `"${evidence.type}" may be ${evidence.maximumAgeSeconds} s old instead of ${known.maximumAgeSeconds} s: consumers get staler evidence.`;
      findings.push(
        inNew(
          pointer(at, 'maximumAgeSeconds'),
          'evidence-age-lengthened',
          ['consumer'],
          message,
          'Keep the shorter age.',
        ),
      );
    }
    if (evidence.issuer !== known.issuer) {
      const message = `"${evidence.type}" has to come from ${evidence.issuer} instead of ${known.issuer}.`;
      findings.push(
        inNew(pointer(at, 'issuer'), 'evidence-issuer-changed', ['producer', 'consumer'], message, 'Keep the issuer.'),
      );
    }
  }
  const after = new Set(next.requiredEvidence.map(({ type }) => type));
  for (const [index, { type }] of old.requiredEvidence.entries())
    if (!after.has(type)) {
      const message = `The evidence "${type}" is no longer required; consumers that rely on it get packets without.`;
      findings.push(
        inOld(pointer('/requiredEvidence', index), 'evidence-removed', ['consumer'], message, 'Keep requiring it.'),
      );
    }
  return findings;
}

function promiseFindings(old: ContractForComparison, next: ContractForComparison): ContractFinding[] {
  const findings: ContractFinding[] = [];
  const criteria = new Set(next.acceptanceCriteria.map(({ id }) => id));
  for (const [index, { id }] of old.acceptanceCriteria.entries())
    if (!criteria.has(id)) {
      const message = `The acceptance criterion "${id}" is gone: what was refused before is accepted now.`;
      const harmed = ['consumer', 'customer'] as const;
      findings.push(inOld(pointer('/acceptanceCriteria', index), 'criterion-removed', harmed, message, 'Keep it.'));
    }
  const known = new Set(old.acceptanceCriteria.map(({ id }) => id));
  for (const [index, { id }] of next.acceptanceCriteria.entries())
    if (!known.has(id)) {
      const message = `The acceptance criterion "${id}" is new: packets that were accepted may be refused.`;
      const at = pointer('/acceptanceCriteria', index);
      findings.push(inNew(at, 'criterion-added', ['producer'], message, 'Add it in a new major version.'));
    }
  const consumers = new Set(next.consumers);
  for (const [index, consumer] of old.consumers.entries())
    if (!consumers.has(consumer)) {
      const message = `${consumer} is no consumer any more, so nothing can be offered to it.`;
      const harmed = ['producer', 'consumer'] as const;
      findings.push(
        inOld(pointer('/consumers', index), 'consumer-removed', harmed, message, 'Keep it, or ask it first.'),
      );
    }
  return findings;
}

function timeFindings(old: ContractForComparison, next: ContractForComparison): ContractFinding[] {
  return Object.entries(TIMES).flatMap(([key, { what, within, waiting }]) => {
    const name = key as keyof typeof TIMES;
    const [before, after] = [old.times[name], next.times[name]];
    if (before === after) return [];
    const message = `The time to ${what} is ${after} s instead of ${before} s.`;
    const at = pointer('/times', name);
    return after < before
      ? [inNew(at, 'time-shortened', [within], message, 'Ask the consumers whether they can keep it.')]
      : [inNew(at, 'time-lengthened', waiting, message, 'Check that it still fits the promise to the customer.')];
  });
}

function weightFindings(old: ContractForComparison, next: ContractForComparison): ContractFinding[] {
  const factors = [...new Set([...Object.keys(old.weights), ...Object.keys(next.weights)])].sort();
  const of = (weights: Readonly<Record<string, number>>, factor: string) =>
    Object.hasOwn(weights, factor) ? (weights[factor] ?? 0) : 0;
  return factors.flatMap((factor) => {
    const [before, after] = [of(old.weights, factor), of(next.weights, factor)];
    if (before === after) return [];
    const message = `"${factor}" weighs ${after} points instead of ${before}: scores of the two versions do not compare.`;
    const mend = 'Say so to whoever set thresholds on the score.';
    const make = Object.hasOwn(next.weights, factor) ? inNew : inOld;
    return [make(pointer('/weights', factor), 'weight-changed', ['producer', 'consumer'], message, mend)];
  });
}

function obligationFindings(old: ContractForComparison, next: ContractForComparison): ContractFinding[] {
  const after = new Map(next.obligations.map((obligation, index) => [obligation.id, { ...obligation, index }]));
  const before = new Set(old.obligations.map(({ id }) => id));
  const changed = old.obligations.flatMap(({ id, dueSeconds }, index) => {
    const kept = after.get(id);
    if (kept === undefined) {
      const message = `The obligation "${id}" is gone: nobody owes it any more.`;
      const at = pointer('/obligations', index);
      return [inOld(at, 'obligation-removed', ['customer'] as const, message, 'Keep it, or show who owes it now.')];
    }
    if (kept.dueSeconds === dueSeconds) return [];
    const at = pointer('/obligations', kept.index, 'dueSeconds');
    const message = `The obligation "${id}" is due after ${kept.dueSeconds} s instead of ${dueSeconds} s.`;
    return kept.dueSeconds < dueSeconds
      ? [inNew(at, 'obligation-shortened', ['consumer'] as const, message, 'Ask its owner first.')]
      : [inNew(at, 'obligation-lengthened', ['customer'] as const, message, 'Keep the earlier time.')];
  });
  const added = next.obligations.flatMap(({ id }, index) => {
    const message = `The obligation "${id}" is new to whoever takes over.`;
    const at = pointer('/obligations', index);
    return before.has(id)
      ? []
      : [inNew(at, 'obligation-added', ['consumer'] as const, message, 'Ask its owner first.')];
  });
  return [...changed, ...added];
}

function schemaFindings({ findings }: Comparison): ContractFinding[] {
  return findings.map((finding) => ({
    ...finding,
    pointer: `/payloadSchema${finding.pointer}`,
    harmed: finding.counterexample === undefined ? [] : finding.document === 'new' ? ['producer'] : ['consumer'],
  }));
}

/**
 * Compares two versions of a contract: the payload schema in the direction that is asked, and everything else as a change that
 * somebody has to agree to. What harms nobody (another evidence order, an added consumer) is no finding.
 * @throws InvalidInput when a payload schema is no JSON Schema
 */
export function compareContracts(
  old: ContractForComparison,
  next: ContractForComparison,
  direction: Direction = 'backward',
): ContractComparison {
  const schemas = compareSchemas(old.payloadSchema, next.payloadSchema, direction);
  const others = [evidenceFindings, promiseFindings, timeFindings, weightFindings, obligationFindings].flatMap((find) =>
    find(old, next),
  );
  const verdict = others.length > 0 ? 'breaking' : schemas.verdict;
  return { verdict, findings: [...schemaFindings(schemas), ...others] };
}
