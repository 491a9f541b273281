import * as z from 'zod';
import { type Digest, digestOf } from '../../core/digest.ts';
import { CountersignError } from '../../core/errors.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/) as unknown as z.ZodType<Digest>;

/** What stands in the place of an artifact that was erased: that it was, and the artifact that records by whom, when and why. */
const marker = z.strictObject({ schema: z.literal('countersign/erased-artifact/1'), digest, erasure: digest });

/** The artifact was erased on record. It is not missing, and it does not come back: the record says who erased it, when and why. */
export class Erased extends CountersignError {
  readonly code = 'Erased';
  /** Of what is gone. */
  readonly digest: Digest;
  /** Artifact: the record of the erasure. */
  readonly erasure: Digest;

  constructor(of: Digest, erasure: Digest) {
    const message = `The artifact ${of} was erased on record: ${erasure}.`;
    const mend = 'Look at the record of the erasure; what was erased is gone for good.';
    super(message, [{ pointer: '', code: 'erased', message, mend }]);
    this.digest = of;
    this.erasure = erasure;
  }
}

/** The marker that replaces an erased artifact, under the artifact's own name. */
export function erasedMarker(of: Digest, erasure: Digest): z.infer<typeof marker> {
  return { schema: 'countersign/erased-artifact/1', digest: of, erasure };
}

/** The error that a marker stands for; `undefined` for bytes that are none, or of another artifact. */
export function erasedIn(bytes: Uint8Array, of: Digest): Erased | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  const parsed = marker.safeParse(value);
  return parsed.success && parsed.data.digest === of && digestOf(value) !== of
    ? new Erased(of, parsed.data.erasure)
    : undefined;
}
