import { isEmployed } from '../../core/directory/employment.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { Person } from '../../core/directory/schema.ts';
import type { Instant } from '../../core/instant.ts';
import type { Requester } from '../contracts/execution.ts';

/** The caller may not ask for this, and why. */
export interface RequestForbidden {
  readonly kind: 'forbidden';
  readonly code: 'unknown-requester' | 'untrusted-system' | 'left-company';
  readonly message: string;
}

/** Who asks, when, and in whose name. */
export interface Asking {
  /** The authenticated caller's principal. */
  readonly caller: string;
  /** Id or principal of the person that a trusted system names. */
  readonly onBehalfOf?: string;
  readonly at: Instant;
}

const forbidden = (code: RequestForbidden['code'], message: string): RequestForbidden => ({
  kind: 'forbidden',
  code,
  message,
});

function asRequester(person: Person | undefined, unknown: string, rest: Omit<Requester, 'personId'>, at: Instant) {
  if (person === undefined) return forbidden('unknown-requester', unknown);
  if (!isEmployed(person, at)) return forbidden('left-company', 'The requester has left the company.');
  return { personId: person.id, ...rest };
}

/** Who asks: the authenticated caller, or the person whom a listed trusted system names. */
export function resolveRequester(directory: LoadedDirectory, asking: Asking): Requester | RequestForbidden {
  const { caller, onBehalfOf, at } = asking;
  const system = directory.trustedSystem(caller);
  if (onBehalfOf === undefined) {
    const unknown =
      system === undefined
        ? 'The directory does not know the caller.'
        : 'The caller is a system, so it must name the person it asks for.';
    return asRequester(directory.personByPrincipal(caller), unknown, { caller }, at);
  }
  if (system === undefined)
    return forbidden('untrusted-system', 'Only a system that the directory lists as trusted may name the requester.');
  const namedBy = { principal: system.principal, name: system.name };
  const unknown = 'The directory does not know the person named.';
  return asRequester(directory.personByPrincipal(onBehalfOf), unknown, { caller, namedBy }, at);
}

/** Whether nobody may ask this way. */
export function isForbidden(who: Requester | RequestForbidden): who is RequestForbidden {
  return 'kind' in who;
}
