import * as z from 'zod';
import { parseWith } from '../core/zod-problems.ts';
import { type RequestEnvelope, requestEnvelope } from '../platform/contracts/envelope.ts';
import { readDocument } from './read-document.ts';

/** A bundled example carries the request, and who makes it. */
const example = z.looseObject({ requester: z.string(), request: z.unknown() });

/** A request to send or to run, and who makes it when the file says so. */
export interface RequestFile {
  readonly envelope: RequestEnvelope;
  readonly requester?: string;
}

/**
 * Reads a request: the envelope by itself, or a bundled example that carries one.
 * @throws InvalidInput naming every problem of the envelope; the skill's own schema is the server's to check.
 */
export function readRequest(file: string): RequestFile {
  const document = readDocument(file);
  const bundled = example.safeParse(document);
  if (!bundled.success) return { envelope: parseWith(requestEnvelope, document, 'The request') };
  const { request, requester } = bundled.data;
  return { envelope: parseWith(requestEnvelope, request, 'The request'), requester };
}
