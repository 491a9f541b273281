import * as z from 'zod';
import { InvalidInput, type Problem } from '../../core/errors.ts';
import { type Instant, instant } from '../../core/instant.ts';
import { pointer } from '../../core/json.ts';
import { parseWith } from '../../core/zod-problems.ts';
import { digest, id, instantText } from './words.ts';

const standing = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('open') }),
  z.strictObject({ is: z.literal('discharged'), at: instantText, by: id, evidence: z.array(digest).min(1) }),
  z.strictObject({ is: z.literal('split'), at: instantText, by: id, into: z.array(id).min(2) }),
  z.strictObject({ is: z.literal('merged'), at: instantText, by: id, into: z.tuple([id]) }),
]);

const obligation = z.strictObject({
  id,
  says: z.string().min(1).max(300),
  /** The party that owes it now. */
  owner: id,
  due: instantText,
  /** The handoff with which it came into being. */
  handoff: id,
  /** The obligations that it was made of by splitting or merging; none when it came into being by itself. */
  from: z.array(id),
  standing,
});
export type Obligation = z.infer<typeof obligation>;

/** All obligations that a thread of work ever had. Entries change their standing and owner; none is ever taken out. */
export const obligationLedger = z.strictObject({
  schema: z.literal('countersign/obligation-ledger/1'),
  thread: id,
  obligations: z.array(obligation),
});
export type ObligationLedger = z.infer<typeof obligationLedger>;

/** What makes an obligation. */
export interface NewObligation {
  readonly id: string;
  readonly says: string;
  readonly owner: string;
  readonly due: Instant;
}

/** Who did something to an obligation, and when. */
export interface Act {
  readonly at: Instant;
  readonly by: string;
}

function refuse(code: string, message: string, mend: string, at = ''): never {
  throw new InvalidInput(message, [{ pointer: at, code, message, mend }]);
}

export function emptyLedger(thread: string): ObligationLedger {
  return { schema: 'countersign/obligation-ledger/1', thread, obligations: [] };
}

function requireOpen(ledger: ObligationLedger, wanted: string): Obligation {
  const found = ledger.obligations.find((each) => each.id === wanted);
  if (found === undefined)
    return refuse('unknown-obligation', `The thread has no obligation "${wanted}".`, 'Name one that is open.');
  if (found.standing.is === 'open') return found;
  return refuse('obligation-not-open', `The obligation "${wanted}" is ${found.standing.is}.`, 'Name one that is open.');
}

function replaced(
  ledger: ObligationLedger,
  changed: readonly Obligation[],
  added: readonly Obligation[] = [],
): ObligationLedger {
  const byId = new Map(changed.map((each) => [each.id, each]));
  for (const { id: taken } of added) {
    if (ledger.obligations.some((each) => each.id === taken) || added.filter((each) => each.id === taken).length > 1) {
      refuse('duplicate-obligation', `The thread has an obligation "${taken}" already.`, 'Give it another id.');
    }
  }
  return { ...ledger, obligations: [...ledger.obligations.map((each) => byId.get(each.id) ?? each), ...added] };
}

function made({ id: name, says, owner, due }: NewObligation, handoff: string, from: readonly string[]): Obligation {
  return { id: name, says, owner, due: instant(due), handoff, from: [...from], standing: { is: 'open' } };
}

/** Brings obligations into being with a handoff. @throws InvalidInput (`duplicate-obligation`). */
export function openObligations(
  ledger: ObligationLedger,
  handoff: string,
  opened: readonly NewObligation[],
): ObligationLedger {
  return replaced(
    ledger,
    [],
    opened.map((each) => made(each, handoff, [])),
  );
}

/** Passes obligations on: they are owed by somebody else now, by the same time. @throws InvalidInput. */
export function transferObligations(ledger: ObligationLedger, ids: readonly string[], to: string): ObligationLedger {
  return replaced(
    ledger,
    ids.map((each) => ({ ...requireOpen(ledger, each), owner: to })),
  );
}

/**
 * Splits an obligation into at least two, none of them due later than it was.
 * @throws InvalidInput (`split-too-few`, `due-later`, `unknown-obligation`, `obligation-not-open`, `duplicate-obligation`).
 */
export function splitObligation(
  ledger: ObligationLedger,
  whole: string,
  parts: readonly NewObligation[],
  act: Act,
): ObligationLedger {
  const found = requireOpen(ledger, whole);
  if (parts.length < 2) refuse('split-too-few', 'A split makes at least two obligations.', 'Name two parts or more.');
  parts.forEach(({ due }, index) => {
    if (instant(due) > found.due) {
      refuse(
        'due-later',
        'A part is due later than the whole.',
        'Let it be due by then, or ask whom it is owed to.',
        pointer('', index, 'due'),
      );
    }
  });
  const into = parts.map((part) => part.id);
  return replaced(
    ledger,
    [{ ...found, standing: { is: 'split', at: instant(act.at), by: act.by, into } }],
    parts.map((part) => made(part, found.handoff, [whole])),
  );
}

/**
 * Merges obligations of one owner into one, due when the first of them is.
 * @throws InvalidInput (`merge-too-few`, `merge-owners`, and as above).
 */
export function mergeObligations(
  ledger: ObligationLedger,
  ids: readonly string[],
  into: { readonly id: string; readonly says: string },
  act: Act,
): ObligationLedger {
  const found = [...new Set(ids)].map((each) => requireOpen(ledger, each));
  const [first] = found;
  if (first === undefined || found.length < 2)
    return refuse('merge-too-few', 'A merger takes at least two obligations.', 'Name two or more.');
  if (found.some(({ owner }) => owner !== first.owner)) {
    return refuse('merge-owners', 'The obligations are owed by several parties.', 'Transfer them to one party first.');
  }
  const due = found.map((each) => each.due).sort()[0] ?? first.due;
  return replaced(
    ledger,
    found.map((each) => ({ ...each, standing: { is: 'merged', at: instant(act.at), by: act.by, into: [into.id] } })),
    [
      made(
        { ...into, owner: first.owner, due },
        first.handoff,
        found.map((each) => each.id),
      ),
    ],
  );
}

/** Discharges an obligation. Without evidence nothing is discharged. @throws InvalidInput (`no-evidence`, and as above). */
export function dischargeObligation(
  ledger: ObligationLedger,
  wanted: string,
  evidence: readonly z.infer<typeof digest>[],
  act: Act,
): ObligationLedger {
  const found = requireOpen(ledger, wanted);
  if (evidence.length === 0)
    refuse('no-evidence', 'Nothing shows that the obligation is discharged.', 'Name evidence by its digest.');
  return replaced(ledger, [
    { ...found, standing: { is: 'discharged', at: instant(act.at), by: act.by, evidence: [...evidence] } },
  ]);
}

/** The obligations that are open, of everybody or of one party. */
export function openIn(ledger: ObligationLedger, owner?: string): Obligation[] {
  return ledger.obligations.filter(
    (each) => each.standing.is === 'open' && (owner === undefined || each.owner === owner),
  );
}

/** How the obligations of a handoff stand when it is to be closed. */
export interface Settlement {
  readonly id: string;
  /** `carried`: still open, and owed by another party than the receiver, who passed it on. */
  readonly as: 'discharged' | 'carried' | 'open';
}

/** What became of obligations, each followed through splits and mergers to what is left of it; one open part leaves it open. */
export function settlementOf(ledger: ObligationLedger, ids: readonly string[], receiver: string): Settlement[] {
  const byId = new Map(ledger.obligations.map((each) => [each.id, each]));
  const worst = (parts: readonly Settlement['as'][]): Settlement['as'] =>
    parts.includes('open') ? 'open' : parts.includes('carried') ? 'carried' : 'discharged';
  const follow = (wanted: string): Settlement['as'] => {
    const found = byId.get(wanted);
    if (found === undefined) return 'open';
    if (found.standing.is === 'open') return found.owner === receiver ? 'open' : 'carried';
    return found.standing.is === 'discharged' ? 'discharged' : worst(found.standing.into.map(follow));
  };
  return ids.map((each) => ({ id: each, as: follow(each) }));
}

/**
 * Reads a ledger that came from elsewhere and checks that nothing has been lost: every split and merger leads to obligations that
 * are there and lead back, nothing came out of nothing, no due instant was moved back by it, nothing is its own descendant.
 * @throws InvalidInput when it has not the shape of a ledger.
 */
export function checkLedger(value: unknown): Problem[] {
  const { obligations } = parseWith(obligationLedger, value, 'The obligation ledger');
  const byId = new Map(obligations.map((each) => [each.id, each]));
  const lost = (index: number, message: string): Problem => ({
    pointer: pointer('/obligations', index),
    code: 'obligation-lost',
    message,
    mend: 'Restore the ledger from its last good version.',
  });
  return obligations.flatMap((each, index) => {
    const { standing: now } = each;
    const into = now.is === 'split' || now.is === 'merged' ? now.into : [];
    const doubled = obligations.findIndex((other) => other.id === each.id) !== index;
    return [
      ...(doubled ? [lost(index, `The obligation "${each.id}" stands twice.`)] : []),
      ...into.flatMap((name) => {
        const next = byId.get(name);
        if (!next?.from.includes(each.id))
          return [lost(index, `"${each.id}" became "${name}", which does not come from it.`)];
        // Only earlier entries become later ones, so nothing can be its own descendant.
        if (obligations.indexOf(next) <= index)
          return [lost(index, `"${each.id}" became "${name}", which was there before.`)];
        return next.due <= each.due
          ? []
          : [lost(index, `"${name}" is due later than "${each.id}", of which it was made.`)];
      }),
      ...each.from.flatMap((name) => {
        const before = byId.get(name)?.standing;
        const known =
          (before?.is === 'split' || before?.is === 'merged') && (before.into as string[]).includes(each.id);
        return known ? [] : [lost(index, `"${each.id}" comes from "${name}", which did not become it.`)];
      }),
    ];
  });
}
