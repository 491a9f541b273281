/** Where a handoff can stand on its way. */
export const mainStates = [
  'draft',
  'validated',
  'scored',
  'awaiting-approval',
  'offered',
  'acknowledged',
  'accepted',
  'in-delivery',
  'delivered',
  'verified',
  'closed',
] as const;

/** Where it can stand beside its way. */
export const sideStates = [
  'blocked',
  'clarify',
  'rejected',
  'expired',
  'escalated',
  'paused',
  'superseded',
  'withdrawn',
  'rolled-back',
] as const;

export const states = [...mainStates, ...sideStates] as const;
export type State = (typeof states)[number];

/** States that nothing leaves. Work goes on in another handoff of the same thread. */
export const terminalStates = ['closed', 'rejected', 'expired', 'superseded', 'withdrawn', 'rolled-back'] as const;

export function isTerminal(state: State): boolean {
  return (terminalStates as readonly State[]).includes(state);
}
