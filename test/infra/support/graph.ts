/** One way out of a state of an Amazon States Language definition. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  /** `next`, `default`, `choice <value>` or `catch <errors>`. */
  readonly by: string;
}

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly StringEquals: string; readonly Next: string }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly TimeoutSecondsPath?: string;
  readonly ResultPath?: string;
}
export type States = { readonly [name: string]: State };

/** Every way out of every state. */
export function edgesOf(states: States): readonly Edge[] {
  return Object.entries(states).flatMap(([from, state]) => [
    ...(state.Next === undefined ? [] : [{ from, to: state.Next, by: 'next' }]),
    ...(state.Default === undefined ? [] : [{ from, to: state.Default, by: 'default' }]),
    ...(state.Choices ?? []).map((choice) => ({ from, to: choice.Next, by: `choice ${choice.StringEquals}` })),
    ...(state.Catch ?? []).map((catcher) => ({ from, to: catcher.Next, by: `catch ${catcher.ErrorEquals.join(' ')}` })),
  ]);
}

/** The states that can be reached from a state, itself included. */
export function reachableFrom(start: string, edges: readonly Edge[]): ReadonlySet<string> {
  const seen = new Set([start]);
  for (const state of seen) for (const edge of edges) if (edge.from === state) seen.add(edge.to);
  return seen;
}
