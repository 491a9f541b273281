/**
 * Z3 as WebAssembly, called synchronously on the calling thread: no worker is ever started, so nothing keeps a process alive.
 * Loading takes some hundred milliseconds and 35 MB, which is why it is loaded only when somebody asks for it.
 */
export interface Z3 {
  /**
   * Runs an SMT-LIB 2 script in a context of its own, so that no job sees another one.
   * @param steps Z3's resource units (`rlimit`) for each check; then the check answers `unknown`. Never a time: the same
   * script with the same steps gives the same answer on each machine
   * @returns what Z3 prints, and the resource units that the whole script took
   */
  run(script: string, steps: number): { readonly output: string; readonly spent: number };
}

let loading: Promise<Z3> | undefined;

async function load(): Promise<Z3> {
  const { init } = await import('z3-solver');
  const { Z3: api, em } = await init();
  return {
    run: (script, steps) => {
      const config = api.mk_config();
      const context = api.mk_context(config);
      api.del_config(config);
      try {
        const options = `(set-option :rlimit ${steps})\n(set-option :smt.random_seed 0)\n(set-option :sat.random_seed 0)\n`;
        const text: string = em.ccall(
          'Z3_eval_smtlib2_string',
          'string',
          ['number', 'string'],
          [context, `${options}${script}\n(get-info :rlimit)\n`],
        );
        const match = /\(:rlimit (\d+)\)\s*$/.exec(text);
        return { output: text.slice(0, match?.index ?? text.length), spent: Number(match?.[1] ?? 0) };
      } finally {
        api.del_context(context);
      }
    },
  };
}

/** Loads Z3 once in a process; the second call answers at once. */
export function loadZ3(): Promise<Z3> {
  loading ??= load();
  return loading;
}
