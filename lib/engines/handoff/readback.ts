import { readMoney } from '../../core/directory/written-values.ts';
import type { Problem } from '../../core/errors.ts';
import { type Json, pointer } from '../../core/json.ts';
import { money } from '../../core/money.ts';
import type { ContractDocument } from './contract-document.ts';
import { valueAt } from './payload.ts';

type ReadbackFact = ContractDocument['readback']['facts'][number];
export type ReadbackKind = ReadbackFact['kind'];

/** What the receiver states, by the JSON Pointer of the fact. */
export type Statements = Readonly<Record<string, string>>;

export interface Readback {
  readonly matched: boolean;
  /** Pointers into the statements: `/` and the fact's own pointer, escaped. None shows what would have been right. */
  readonly problems: readonly Problem[];
  /** Pointers into the payload of the facts that did not match: what a `misread` event carries. */
  readonly misread: readonly string[];
}

/**
 * Text as it is compared: Unicode NFKC, lower case, runs of white space as one space, none at the ends, and no full stop,
 * comma, semicolon, colon, exclamation or question mark at the end.
 */
export function comparableText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/[ .,;:!?]+$/, '');
}

function comparableAmount(value: Json | undefined): string | undefined {
  const amount = typeof value === 'string' ? readMoney(value.trim()) : money.safeParse(value).data;
  return amount === undefined ? undefined : `${amount.currency} ${amount.minorUnits}`;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** A date by itself, or the moment that an instant with its offset means. */
function comparableDate(value: Json | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (INSTANT.test(text)) {
    const moment = Date.parse(text);
    return Number.isNaN(moment) ? undefined : `at ${moment}`;
  }
  const moment = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(moment) || new Date(moment).toISOString().slice(0, 10) !== text ? undefined : `on ${text}`;
}

function comparableNumber(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string' || !/^-?(0|[1-9]\d{0,14})(\.\d{1,9})?$/.test(value.trim())) return undefined;
  return String(Number(value.trim()));
}

/** What is compared: equal exactly when the two mean the same by the rules of the kind; `undefined` when there is nothing to compare. */
function comparable(kind: ReadbackKind, value: Json | undefined): string | undefined {
  switch (kind) {
    case 'identifier':
      // Case and every character count; white space around it is the keyboard's.
      return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : undefined;
    case 'amount':
      return comparableAmount(value);
    case 'date':
      return comparableDate(value);
    case 'number':
      return comparableNumber(value);
    default:
      return typeof value === 'string' ? comparableText(value) : undefined;
  }
}

const FORM: Readonly<Record<ReadbackKind, string>> = {
  identifier: 'Write it exactly as it stands.',
  amount: 'Write it like 50000.00 EUR, to the last digit.',
  date: 'Write it like 2026-11-20, or with time and offset like 2026-11-20T09:30:00Z.',
  number: 'Write it in digits.',
  text: 'Say the same in the same words; case and punctuation at the end do not matter.',
};

/**
 * Compares what the receiver stated with the payload. Identifiers, amounts, dates and numbers must be the same; text is
 * normalised first (`comparableText`). A problem says which fact and in which form, never what would have been right, so that
 * nobody learns it from a wrong answer.
 */
export function compareReadback({ readback }: ContractDocument, payload: Json, statements: Statements): Readback {
  const facts = new Set(readback.facts.map((fact) => fact.pointer));
  const strange = Object.keys(statements).flatMap((name): Problem[] =>
    facts.has(name)
      ? []
      : [
          {
            pointer: pointer('', name),
            code: 'unknown-fact',
            message: 'The contract does not ask for this fact.',
            mend: 'Leave it out.',
          },
        ],
  );
  const wrong = readback.facts.flatMap(({ pointer: at, label, kind }) => {
    const said = statements[at];
    const problem = (code: string, message: string): { at: string; problem: Problem }[] => [
      { at, problem: { pointer: pointer('', at), code, message, mend: FORM[kind] } },
    ];
    if (said === undefined || said.trim() === '') return problem('readback-missing', `"${label}" was not stated back.`);
    const stated = comparable(kind, said);
    if (stated === undefined)
      return problem('readback-unreadable', `"${label}" is not written in the form of its kind.`);
    const actual = comparable(kind, valueAt(payload, at));
    return actual !== undefined && actual === stated
      ? []
      : problem('readback-mismatch', `"${label}" is not what was handed over.`);
  });
  return {
    matched: wrong.length === 0 && strange.length === 0,
    problems: [...wrong.map(({ problem }) => problem), ...strange],
    misread: wrong.map(({ at }) => at),
  };
}
