/** How a command ends, as scripts read it. `docs/command-line.md` explains each. */
export const EXIT = {
  /** It did what was asked. */
  ok: 0,
  /** The answer is no: blocked, rejected, refused by a rule or by the state of things. Nothing is broken. */
  no: 1,
  /** Wrong usage or input: the same command will never work. */
  input: 2,
  /** Something is out of reach: no system, no credentials, no permission, too many requests, a fault. */
  unavailable: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
