/** A context that stays open: what was declared and asserted in one script is there in the next one. */
export interface Z3Session {
  /** @returns what Z3 prints, and the resource units that this script took */
  run(script: string): { readonly output: string; readonly spent: number };
  /** Frees the context. A session that was closed must not be used. */
  close(): void;
}

/**
 * Z3 as WebAssembly, called synchronously on the calling thread: no worker is ever started, so nothing keeps a process alive.
 * Loading takes some hundred milliseconds and 35 MB, which is why it is loaded only when somebody asks for it.
 */
export interface Z3 {
  /**
   * Opens a context of its own, so that no job sees another one. Its seeds are fixed.
   * @param steps Z3's resource units (`rlimit`) for each check; then the check answers `unknown`. Never a time: the same
   * scripts with the same steps give the same answers on each machine
   */
  open(steps: number): Z3Session;
  /** Runs one SMT-LIB 2 script in a context of its own. */
  run(script: string, steps: number): { readonly output: string; readonly spent: number };
}

let loading: Promise<Z3> | undefined;

async function load(): Promise<Z3> {
  const { init } = await import('z3-solver');
  const { Z3: api, em } = await init();
  const open = (steps: number): Z3Session => {
    const config = api.mk_config();
    const context = api.mk_context(config);
    api.del_config(config);
    const evaluate = (script: string): string =>
      em.ccall('Z3_eval_smtlib2_string', 'string', ['number', 'string'], [context, script]);
    evaluate(`(set-option :rlimit ${steps})\n(set-option :smt.random_seed 0)\n(set-option :sat.random_seed 0)\n`);
    let before = 0;
    return {
      run: (script) => {
        const text = evaluate(`${script}\n(get-info :rlimit)\n`);
        const match = /\(:rlimit (\d+)\)\s*$/.exec(text);
        const total = Number(match?.[1] ?? before);
        const spent = total - before;
        before = total;
        return { output: text.slice(0, match?.index ?? text.length), spent };
      },
      close: () => api.del_context(context),
    };
  };
  return {
    open,
    run: (script, steps) => {
      const session = open(steps);
      try {
        return session.run(script);
      } finally {
        session.close();
      }
    },
  };
}

/** Loads Z3 once in a process; the second call answers at once. */
export function loadZ3(): Promise<Z3> {
  loading ??= load();
  return loading;
}
