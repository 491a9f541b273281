/** So many counted executions, of so many different accounts. */
export interface Threshold {
  readonly faults: number;
  readonly accounts: number;
}

/**
 * When a skill's failures are more than one execution's bad luck. A failure is an execution that a fault broke off, or one
 * that broke a guardrail; each execution counts once. Every rule asks for distinct accounts, so that one poisonous input,
 * sent as often as you like, puts nothing back.
 */
export interface PostureThresholds {
  /** Seconds within which failures count together. */
  readonly windowSeconds: number;
  /** Oversight should look. Nothing stops. */
  readonly elevatedAt: Threshold;
  /** Nothing is published any more, and the flag goes off. */
  readonly criticalAt: Threshold;
  /** Seconds without a failure after which the posture goes down by one step. */
  readonly calmAfterSeconds: number;
  /** Failures on one candidate, from so many accounts within so many seconds, put the baseline back. */
  readonly candidateFaults: { readonly accounts: number; readonly windowSeconds: number };
  /** Seconds that somebody has to follow up an incident. */
  readonly followUpWithinSeconds: number;
}

/** What holds for a skill that declares nothing else. */
export const defaultPostureThresholds: PostureThresholds = {
  windowSeconds: 3600,
  elevatedAt: { faults: 3, accounts: 2 },
  criticalAt: { faults: 8, accounts: 4 },
  calmAfterSeconds: 3600,
  candidateFaults: { accounts: 3, windowSeconds: 3600 },
  followUpWithinSeconds: 24 * 3600,
};

/**
 * Checks that thresholds do not contradict themselves.
 * @throws RangeError naming the skill and what is wrong.
 */
export function checkPostureThresholds(skill: string, thresholds: PostureThresholds): void {
  const { windowSeconds, elevatedAt, criticalAt, calmAfterSeconds, candidateFaults, followUpWithinSeconds } =
    thresholds;
  const numbers = {
    windowSeconds,
    'elevatedAt.faults': elevatedAt.faults,
    'elevatedAt.accounts': elevatedAt.accounts,
    'criticalAt.faults': criticalAt.faults,
    'criticalAt.accounts': criticalAt.accounts,
    calmAfterSeconds,
    'candidateFaults.accounts': candidateFaults.accounts,
    'candidateFaults.windowSeconds': candidateFaults.windowSeconds,
    followUpWithinSeconds,
  };
  const refuse = (what: string): never => {
    throw new RangeError(`The posture of skill ${skill}: ${what}.`);
  };
  for (const [name, value] of Object.entries(numbers))
    if (!Number.isSafeInteger(value) || value < 1) refuse(`"${name}" must be a whole number above zero`);
  if (candidateFaults.accounts < 2 || criticalAt.accounts < 2)
    refuse('one account alone must never put a baseline back or stop publishing; ask for 2 accounts at least');
  if (elevatedAt.accounts > elevatedAt.faults || criticalAt.accounts > criticalAt.faults)
    refuse('there cannot be more accounts than faults');
  if (criticalAt.faults < elevatedAt.faults || criticalAt.accounts < elevatedAt.accounts)
    refuse('"criticalAt" must not be reached before "elevatedAt"');
}
