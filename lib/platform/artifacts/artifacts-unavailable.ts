import { CountersignError } from '../../core/errors.ts';

/**
 * The store cannot be read, or takes nothing: a full or unreadable disk, a service out of reach. Nothing was stored by half.
 * It says nothing about the artifact itself, so it is a fault and never a gate's business.
 */
export class ArtifactsUnavailable extends CountersignError {
  readonly code = 'ArtifactsUnavailable';
}

/** What the store's error becomes for its caller: errors of ours stay, everything else means that the store is out of order. */
export function unavailable(where: string, cause: unknown): CountersignError {
  if (cause instanceof CountersignError) return cause;
  const { code, name } = cause as { readonly code?: unknown; readonly name?: unknown };
  const why = typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown';
  const message = `The artifacts in ${where} cannot be reached (${why}).`;
  const mend = 'Make room, or restore the rights to it; what waits goes on by itself then.';
  return new ArtifactsUnavailable(message, [{ pointer: '', code: 'artifacts-unavailable', message, mend }], { cause });
}
