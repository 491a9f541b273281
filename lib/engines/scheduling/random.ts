/** Numbers that look random and follow from a seed alone. */
export interface Random {
  /** A whole number from 0 to `below - 1`; `below` is at most 2^31. */
  below(below: number): number;
}

/**
 * xoshiro128** over 32-bit integers, its state filled by splitmix32. The same seed gives the same numbers on each machine.
 * Source: D. Blackman and S. Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47 (2021).
 * @param seed a whole number of 32 bits
 */
export function randomFrom(seed: number): Random {
  let filled = seed | 0;
  const fill = (): number => {
    filled = (filled + 0x9e3779b9) | 0;
    let mixed = filled ^ (filled >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  let a = fill();
  let b = fill();
  let c = fill();
  let d = fill();
  const next = (): number => {
    const times5 = Math.imul(b, 5);
    const result = Math.imul((times5 << 7) | (times5 >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
  return {
    // Multiply and shift: the bias is below 2^-21 for the sizes of our problems. Source: D. Lemire, ACM TOMACS 29 (2019).
    below: (below) => Math.floor((next() * below) / 4_294_967_296),
  };
}
