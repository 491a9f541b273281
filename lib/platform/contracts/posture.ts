import * as z from 'zod';
import { posture } from './outcome.ts';

const at = z.iso.datetime().meta({ description: 'An instant in UTC.' });

/** One recorded move of a posture. */
const postureMove = z.strictObject({
  at,
  from: posture,
  to: posture,
  by: z.string(),
  because: z.string(),
  executions: z.array(z.string()).readonly(),
});

/** What the flag server was told, and how that went. */
const flagServer = z.strictObject({
  enabled: z.boolean(),
  since: at,
  result: z.enum(['pending', 'done', 'failed', 'not-available']),
  attempts: z.int(),
  triedAt: at.optional(),
  error: z.string().optional(),
});

/** GET /skills/{skill}/posture, and the answer of POST. */
export const postureView = z.strictObject({
  skill: z.string(),
  posture,
  since: at,
  moves: z.array(postureMove).readonly(),
  flagServer: flagServer.optional(),
});

/** The body of POST /skills/{skill}/posture. */
export const postureOrder = z.strictObject({
  posture,
  because: z.string().trim().min(1).max(500).meta({ description: 'Why; it is recorded with the move.' }),
});
