import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { Requester } from '../contracts/execution.ts';

/** The caller may not ask for this, and why. */
export interface RequestForbidden {
  readonly kind: 'forbidden';
  readonly code: 'unknown-requester' | 'untrusted-system';
  readonly message: string;
}

/**
 * Who asks: the authenticated caller, or the person whom a listed trusted system names.
 * @param onBehalfOf id or principal of the person that the caller names, if any.
 */
export function resolveRequester(
  directory: LoadedDirectory,
  caller: string,
  onBehalfOf: string | undefined,
): Requester | RequestForbidden {
  const system = directory.trustedSystem(caller);
  if (onBehalfOf === undefined) {
    const person = directory.personByPrincipal(caller);
    if (person !== undefined) return { personId: person.id, caller };
    const message =
      system === undefined
        ? 'The directory does not know the caller.'
        : 'The caller is a system, so it must name the person it asks for.';
    return { kind: 'forbidden', code: 'unknown-requester', message };
  }
  if (system === undefined) {
    const message = 'Only a system that the directory lists as trusted may name the requester.';
    return { kind: 'forbidden', code: 'untrusted-system', message };
  }
  const person = directory.personByPrincipal(onBehalfOf);
  if (person === undefined)
    return { kind: 'forbidden', code: 'unknown-requester', message: 'The directory does not know the person named.' };
  return { personId: person.id, caller, namedBy: { principal: system.principal, name: system.name } };
}

/** Whether nobody may ask this way. */
export function isForbidden(who: Requester | RequestForbidden): who is RequestForbidden {
  return 'kind' in who;
}
