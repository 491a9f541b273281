/** So many equally likely values. */
export const HESITATIONS = 4_096;

/** In so many parts of one. */
export const HESITATION_PARTS = 256;

/** ln of (k + 1) / k, by 2 artanh(1 / (2k + 1)): additions and divisions alone, which give the same bits on each machine. */
function step(k: number): number {
  const x = 1 / (2 * k + 1);
  let power = x;
  let sum = 0;
  for (let n = 1; n < 40; n += 2) {
    sum += power / n;
    power *= x * x;
  }
  return 2 * sum;
}

/**
 * Values of -ln u for u spread evenly over (0, 1), in whole parts: a change for the worse by d is taken at temperature t where d <= t times
 * such a value, which is what Metropolis asks, without an exponential.
 */
export function hesitations(): Int32Array {
  const values = new Int32Array(HESITATIONS);
  let logarithm = 0;
  for (let k = HESITATIONS - 1; k >= 0; k -= 1) {
    // -ln((2k + 1) / (2n)): from one odd number to the next lower one are two steps.
    logarithm += k === HESITATIONS - 1 ? step(2 * HESITATIONS - 1) : step(2 * k + 1) + step(2 * k + 2);
    values[k] = Math.round(logarithm * HESITATION_PARTS);
  }
  return values;
}
