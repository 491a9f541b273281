import * as z from 'zod';

const packet = z.object({
  record: z.object({
    bodyDigest: z.string(),
    request: z.string(),
    configuration: z.object({ digest: z.string() }),
    directory: z.string(),
    // There is none where a gate stopped the execution before.
    result: z.string().optional(),
    termsDigest: z.string().optional(),
    outcome: z.string(),
  }),
});

/**
 * What an evidence packet says was asked, on what grounds it was decided and what came of it: everything that does not name the
 * execution or its instants. The digest of the whole artifact does, and so differs from one execution to the next.
 */
export function decidedIn(evidence: unknown) {
  const { bodyDigest, request, configuration, directory, result, termsDigest, outcome } = packet.parse(evidence).record;
  return { bodyDigest, request, configuration: configuration.digest, directory, result, termsDigest, outcome };
}
