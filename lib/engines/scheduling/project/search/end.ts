import { at, type Network } from '../network.ts';

/** The project with one more activity, the last, that takes no time and comes after everything: it begins when all have ended. */
export function withEnd(network: Network): Network {
  const { size, before, after } = network;
  const last = Int32Array.from(after.first.subarray(0, size).keys()).filter(
    (i) => at(after.first, i) === at(after.first, i + 1),
  );
  const items: number[] = [];
  const first = new Int32Array(size + 2);
  for (let activity = 0; activity < size; activity++) {
    for (let link = at(after.first, activity); link < at(after.first, activity + 1); link++)
      items.push(at(after.items, link));
    if (at(after.first, activity) === at(after.first, activity + 1)) items.push(size);
    first[activity + 1] = items.length;
  }
  first[size + 1] = items.length;
  const durations = Int32Array.from([...network.durations, 0]);
  return {
    ...network,
    size: size + 1,
    durations,
    uses: Int32Array.from([...network.uses, ...new Int32Array(network.resources)]),
    before: {
      first: Int32Array.from([...before.first, before.items.length + last.length]),
      items: Int32Array.from([...before.items, ...last]),
    },
    after: { first, items: Int32Array.from(items) },
    topological: Int32Array.from([...network.topological, size]),
  };
}
