import * as z from 'zod';

/** `page`: somebody looks at once. `ticket`: somebody looks within a working day. */
export const severity = z.enum(['page', 'ticket']);
export type Severity = z.infer<typeof severity>;

/** Where an alarm of this environment differs from what the code declares. */
const override = z
  .strictObject({
    /** The value from which it rings (or, for an alarm on something that is missing, below which it does), in the metric's unit. */
    threshold: z.number().min(0).optional(),
    /** How many of its periods in a row the value must be so. */
    periods: z.int().min(1).max(288).optional(),
    severity: severity.optional(),
    /** Why this environment goes without the alarm. */
    off: z.string().trim().min(10).optional(),
  })
  .refine((given) => Object.keys(given).length > 0, 'An override must change something')
  .refine(
    ({ off, ...others }) => off === undefined || Object.keys(others).length === 0,
    'An alarm that is off has nothing else to set',
  );
export type AlarmOverride = z.infer<typeof override>;

export const alarmSettings = z.strictObject({
  /** Who is mailed when something rings that somebody must look at at once. Without it, the topic for pages has no subscriber. */
  pageAddress: z.email().optional(),
  /** Who is mailed what has time until the next working day. Without it, the topic for tickets has no subscriber. */
  ticketAddress: z.email().optional(),
  /**
   * By the alarm's name: `SweepErrors`; `Failed` for that alarm of every skill, `u01668-Failed` for that of one. A name that no
   * alarm has fails the synthesis.
   */
  overrides: z.record(z.string(), override).optional(),
});
