import { pointer } from '../../core/json.ts';
import type { Weights } from './contract-document.ts';
import type { CriteriaCheck } from './criteria.ts';
import type { Packet } from './packet.ts';
import type { Factor, Mend, ReadinessFacts } from './readiness.ts';
import type { EvidenceStanding } from './validate-packet.ts';

/** The share of the points, rounded down: nothing that is missing rounds up to all. */
function share(of: number, good: number, all: number): number {
  return all === 0 ? of : Math.trunc((of * good) / all);
}

/** A factor of equal parts, with the mend of the part that is mended at least trouble. */
function factorOfParts(
  factor: keyof Weights,
  of: number,
  parts: readonly {
    readonly fault?: {
      readonly code: string;
      readonly pointer: string;
      readonly text: string;
      readonly effort: Mend['effort'];
    };
  }[],
  none: { readonly code: string; readonly pointer: string },
): Factor {
  if (parts.length === 0) return { factor, points: of, of, ...none };
  const faults = parts.flatMap(({ fault }) => fault ?? []);
  const good = parts.length - faults.length;
  const points = share(of, good, parts.length);
  const [first] = faults;
  const cheapest = faults.toSorted((a, b) => a.effort - b.effort)[0];
  if (first === undefined || cheapest === undefined)
    return { factor, points, of, code: 'complete', pointer: none.pointer };
  const gains = share(of, good + 1, parts.length) - points;
  const { text, effort, pointer: at } = cheapest;
  return { factor, points, of, code: first.code, pointer: first.pointer, mend: { text, pointer: at, gains, effort } };
}

/** Required evidence that is there, by an accepted issuer, and fresh. */
export function evidenceFactor(of: number, standings: readonly EvidenceStanding[]): Factor {
  const parts = standings.map(({ type, standing, index }) => {
    const at = index === undefined ? '/evidence' : pointer('/evidence', index);
    switch (standing) {
      case 'fresh':
        return {};
      case 'stale':
        return {
          fault: { code: 'evidence-stale', pointer: at, text: `Renew the evidence "${type}".`, effort: 2 as const },
        };
      case 'wrong-issuer':
        return {
          fault: {
            code: 'evidence-wrong-issuer',
            pointer: at,
            text: `Get "${type}" from an issuer that the contract accepts.`,
            effort: 3 as const,
          },
        };
      default:
        return {
          fault: { code: 'evidence-missing', pointer: at, text: `Add the evidence "${type}".`, effort: 3 as const },
        };
    }
  });
  return factorOfParts('evidence', of, parts, { code: 'nothing-required', pointer: '/evidence' });
}

/** Criteria of acceptance that a machine could check on this packet. */
export function acceptanceFactor(of: number, { results, problems }: CriteriaCheck): Factor {
  const place = problems[0]?.pointer ?? '';
  const parts = results.map(({ id, verdict }) => {
    const text = `Give the facts that "${id}" uses.`;
    if (verdict === 'unreadable') {
      return { fault: { code: 'criterion-unreadable', pointer: `/payload/value${place}`, text, effort: 1 as const } };
    }
    if (verdict !== 'asks-role') return {};
    const ask = `State "${id}" as a condition in the contract's next version; until then a person has to check it.`;
    return { fault: { code: 'criterion-asks-role', pointer: '/contract', text: ask, effort: 4 as const } };
  });
  return factorOfParts('acceptance', of, parts, { code: 'nothing-required', pointer: '/contract' });
}

/** Obligations with an owner and a due instant. */
export function obligationsFactor(of: number, { obligations }: Packet): Factor {
  const parts = obligations.map(({ id, owner, due }, index) => {
    const at = pointer('/obligations', index);
    if (owner === undefined)
      return {
        fault: {
          code: 'obligation-unowned',
          pointer: `${at}/owner`,
          text: `Name who owes "${id}".`,
          effort: 2 as const,
        },
      };
    if (due === undefined)
      return {
        fault: {
          code: 'obligation-undated',
          pointer: `${at}/due`,
          text: `Say when "${id}" is due.`,
          effort: 1 as const,
        },
      };
    return {};
  });
  return factorOfParts('obligations', of, parts, { code: 'no-open-obligations', pointer: '/obligations' });
}

/** A recipient that is named (the larger half), and on shift. */
export function recipientFactor(of: number, { routing }: Packet, onShift: boolean): Factor {
  const [named, present] = [Math.ceil(of / 2), Math.floor(of / 2)];
  const points = (routing.recipient === undefined ? 0 : named) + (onShift ? present : 0);
  const at = '/routing/recipient';
  const base = { factor: 'recipient', points, of, pointer: at } as const;
  if (routing.recipient === undefined) {
    return {
      ...base,
      code: 'recipient-unnamed',
      mend: { text: 'Name who takes it.', pointer: at, gains: named, effort: 1 },
    };
  }
  if (onShift) return { ...base, code: 'complete' };
  return {
    ...base,
    code: 'recipient-off-shift',
    mend: { text: 'Name somebody who is on shift now.', pointer: at, gains: present, effort: 1 },
  };
}

/** All points when the promise leaves twice what is needed, none when it leaves no more than is needed, in proportion between. */
export function headroomFactor(of: number, headroom: ReadinessFacts['headroom']): Factor {
  const base = { factor: 'headroom', of, pointer: '/promise' } as const;
  if (headroom === undefined) return { ...base, points: of, code: 'no-promise' };
  const { remainingMinutes, neededMinutes } = headroom;
  const spare = Math.max(0, Math.min(remainingMinutes - neededMinutes, neededMinutes));
  const points = remainingMinutes > 0 ? share(of, spare, neededMinutes) : 0;
  if (points === of) return { ...base, points, code: 'complete' };
  const text = `Agree a later time with the customer, or a shorter way: ${remainingMinutes} minutes are left, ${neededMinutes} are needed at worst.`;
  const code = remainingMinutes <= neededMinutes ? 'no-headroom' : 'little-headroom';
  return { ...base, points, code, mend: { text, pointer: '/promise', gains: of - points, effort: 4 } };
}

/** As many contingencies as the contract asks for, each with an owner. */
export function contingenciesFactor(of: number, { contingencies }: Packet, wanted: number): Factor {
  const owned = contingencies.filter(({ owner }) => owner !== undefined).length;
  const points = share(of, Math.min(owned, wanted), wanted);
  const unowned = contingencies.findIndex(({ owner }) => owner === undefined);
  const at = unowned < 0 ? '/contingencies' : pointer('/contingencies', unowned, 'owner');
  const base = { factor: 'contingencies', points, of, pointer: at } as const;
  if (owned >= wanted)
    return { ...base, pointer: '/contingencies', code: wanted === 0 ? 'nothing-required' : 'complete' };
  const gains = share(of, Math.min(owned + 1, wanted), wanted) - points;
  if (unowned >= 0)
    return {
      ...base,
      code: 'contingency-unowned',
      mend: { text: 'Name who acts on it.', pointer: at, gains, effort: 1 },
    };
  const text = 'Say what the receiver does if something turns out otherwise, and who does it.';
  return { ...base, code: 'contingencies-missing', mend: { text, pointer: at, gains, effort: 2 } };
}

/** The part of the bounce budget that is left. What has happened cannot be mended. */
export function bouncesFactor(of: number, bounces: number, budget: number): Factor {
  const points = bounces === 0 ? of : share(of, Math.max(0, budget - bounces), Math.max(1, budget));
  const code = bounces === 0 ? 'complete' : bounces > budget ? 'bounce-budget-exceeded' : 'came-back';
  return { factor: 'bounces', points, of, code, pointer: '/thread' };
}
