/** Zones with quarter-hour offsets and opposite summers: what depends on the local zone shows in one of them. */
const ZONES = ['Pacific/Chatham', 'America/St_Johns'] as const;

async function inZone<T>(zone: string, work: () => Promise<T>): Promise<T> {
  const before = process.env.TZ;
  process.env.TZ = zone;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
}

let lastTurn: Promise<unknown> = Promise.resolve();

/**
 * Runs a piece of work in another local time zone than this process has, and puts the old one back. The zone belongs to the
 * whole process, so whoever else wants to change it waits for its turn.
 */
export function inAnotherZone<T>(work: () => Promise<T>): Promise<T> {
  const takeTurn = () => {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return inZone(here === ZONES[0] ? ZONES[1] : ZONES[0], work);
  };
  const turn = lastTurn.then(takeTurn, takeTurn);
  lastTurn = turn;
  return turn;
}
