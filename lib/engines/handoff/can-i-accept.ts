import type { HandoffPolicy } from './policy/policy.ts';
import { acceptsVersion } from './words.ts';

/** How a consumer and a version of a contract stand to each other. */
export type Standing =
  /** It is a declared consumer of this version and accepts it. */
  | 'accepts'
  /** This version declares it as a consumer, and it does not accept the version. */
  | 'refuses'
  /** This version does not name it. */
  | 'not-a-consumer';

/** One cell of the matrix. */
export interface Acceptance {
  readonly consumer: string;
  readonly contract: string;
  readonly version: string;
  readonly standing: Standing;
  /** Handoffs of this version that are offered to this consumer or lie with it now. */
  readonly inFlight: number;
}

/** A handoff under way, as far as the matrix counts it. */
export interface InFlight {
  readonly contract: string;
  readonly version: string;
  readonly consumer: string;
}

export interface AcceptanceMatrix {
  readonly policy: string;
  readonly cells: readonly Acceptance[];
  /** Versions that a sender can use for each consumer of a contract, the newest first; none means that nothing can be offered to it. */
  readonly usable: readonly {
    readonly consumer: string;
    readonly contract: string;
    readonly versions: readonly string[];
  }[];
  /** What is under way with a version that the policy no longer has, or with a consumer that does not accept it. */
  readonly stranded: readonly InFlight[];
}

const isSame = (a: InFlight, b: InFlight): boolean =>
  a.contract === b.contract && a.version === b.version && a.consumer === b.consumer;

/**
 * Which consumer can accept which version of which contract, and how many handoffs of it are under way. An offer is pinned to a
 * version that its consumer declared, so what is no "accepts" here cannot be offered.
 * @param inFlight handoffs that have not ended; none when nobody looked.
 */
export function canIAccept(
  { document, contracts }: HandoffPolicy,
  inFlight: readonly InFlight[] = [],
): AcceptanceMatrix {
  const ids = [...new Set(contracts.map((each) => each.document.id))];
  const cells = ids.flatMap((contract) => {
    const versions = contracts.filter((each) => each.document.id === contract);
    const consumers = [...new Set(versions.flatMap((each) => each.document.consumers.map(({ id }) => id)))].sort();
    return consumers.flatMap((consumer) =>
      versions.map(({ document: { version, consumers: declared } }): Acceptance => {
        const named = declared.find(({ id }) => id === consumer);
        const accepts = named?.accepts.some((range) => acceptsVersion(range, version)) === true;
        const standing = named === undefined ? 'not-a-consumer' : accepts ? 'accepts' : 'refuses';
        const count = inFlight.filter((each) => isSame(each, { contract, version, consumer })).length;
        return { consumer, contract, version, standing, inFlight: count };
      }),
    );
  });
  const pairs = cells.filter(
    (cell, index) =>
      cells.findIndex((other) => other.consumer === cell.consumer && other.contract === cell.contract) === index,
  );
  return {
    policy: document.version,
    cells,
    usable: pairs.map(({ consumer, contract }) => ({
      consumer,
      contract,
      versions: cells
        .filter((cell) => cell.consumer === consumer && cell.contract === contract && cell.standing === 'accepts')
        .map(({ version }) => version)
        .reverse(),
    })),
    stranded: inFlight.filter((each) => !cells.some((cell) => isSame(cell, each) && cell.standing === 'accepts')),
  };
}
