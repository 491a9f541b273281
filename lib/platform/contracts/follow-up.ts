import * as z from 'zod';

const at = z.iso.datetime().meta({ description: 'An instant in UTC.' });

/** Something that somebody has to look after, by a time. */
export const followUp = z.strictObject({
  followUpId: z.string(),
  skill: z.string(),
  title: z.string(),
  status: z.enum(['open', 'done']),
  /** Whom it is for: the address of oversight. */
  owner: z.string(),
  openedAt: at,
  due: at,
  executionId: z.string().optional(),
  incidentId: z.string().optional(),
  closedAt: at.optional(),
  closedBy: z.string().optional(),
  note: z.string().optional(),
});
export type FollowUp = z.infer<typeof followUp>;

/** GET /follow-ups. */
export const followUpList = z.strictObject({ followUps: z.array(followUp) });

/** The query parameters of GET /follow-ups. */
export const followUpParameters = z.strictObject({
  skill: z.string().optional().meta({ description: 'Name or id of a skill.' }),
  status: z.enum(['open', 'done']).optional(),
});

/** The body of POST /follow-ups/{followUpId}/done. */
export const followUpClosing = z.strictObject({ note: z.string().min(1).max(500) });
