import { currentDirectory } from '../configuration/directory-store.ts';
import type { Runtime } from '../runtime.ts';
import { Forbidden } from './errors.ts';

/** The administrator behind a caller's principal, or `undefined`. */
export async function administratorOf(
  runtime: Pick<Runtime, 'table' | 'artifacts'>,
  caller: string,
): Promise<string | undefined> {
  const directory = await currentDirectory(runtime);
  const person = directory.personByPrincipal(caller);
  return person !== undefined && directory.snapshot.administrators.includes(person.id) ? person.id : undefined;
}

/**
 * The administrator behind a caller's principal. That somebody may call a route is one thing, which the signature shows;
 * that they answer for what is moved here is another, which the directory shows.
 * @throws Forbidden for everybody else.
 */
export async function requireAdministrator(
  runtime: Pick<Runtime, 'table' | 'artifacts'>,
  caller: string,
): Promise<string> {
  const administrator = await administratorOf(runtime, caller);
  if (administrator === undefined) throw new Forbidden('Only an administrator of the directory may do this.');
  return administrator;
}
