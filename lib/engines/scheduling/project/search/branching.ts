/** How much more a newer conflict weighs than the one before. */
const GROWTH = 1 / 0.95;
const LARGEST = 1e100;

/**
 * Statements "activity i begins at t or before" by how often they took part in recent conflicts.
 * Source: M. Moskewicz et al., "Chaff: engineering an efficient SAT solver", DAC 2001 (VSIDS).
 */
export class Branching {
  readonly #numbers = new Map<number, number>();
  readonly #activity: number[] = [];
  readonly #instant: number[] = [];
  readonly #score: number[] = [];
  /** A binary heap of numbers, and the place of each in it; -1 where it is not in. */
  readonly #heap: number[] = [];
  readonly #place: number[] = [];
  #weight = 1;

  activityOf(number: number): number {
    return this.#activity[number] as number;
  }

  instantOf(number: number): number {
    return this.#instant[number] as number;
  }

  /** Takes note that a statement took part in a conflict. */
  bump(activity: number, instant: number): void {
    const key = instant * 2_048 + activity;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#score.length;
      this.#numbers.set(key, number);
      this.#activity.push(activity);
      this.#instant.push(instant);
      this.#score.push(0);
      this.#place.push(-1);
      this.putBack(number);
    }
    const score = (this.#score[number] as number) + this.#weight;
    this.#score[number] = score;
    if ((this.#place[number] as number) >= 0) this.#rise(this.#place[number] as number);
    if (score > LARGEST) this.#shrink();
  }

  /** A conflict is over: the next one weighs more. */
  decay(): void {
    this.#weight *= GROWTH;
  }

  /** Takes the statement with the highest score out; -1 when there is none. */
  take(): number {
    const [top] = this.#heap;
    const last = this.#heap.pop();
    if (top === undefined || last === undefined) return -1;
    this.#place[top] = -1;
    if (last !== top) {
      this.#heap[0] = last;
      this.#place[last] = 0;
      this.#sink(0);
    }
    return top;
  }

  putBack(number: number): void {
    if ((this.#place[number] as number) >= 0) return;
    this.#place[number] = this.#heap.length;
    this.#heap.push(number);
    this.#rise(this.#heap.length - 1);
  }

  #shrink(): void {
    for (let number = 0; number < this.#score.length; number++)
      this.#score[number] = (this.#score[number] as number) / LARGEST;
    this.#weight /= LARGEST;
  }

  #above(a: number, b: number): boolean {
    const difference = (this.#score[a] as number) - (this.#score[b] as number);
    return difference > 0 || (difference === 0 && a < b);
  }

  #rise(from: number): void {
    const number = this.#heap[from] as number;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const other = this.#heap[parent] as number;
      if (!this.#above(number, other)) break;
      this.#put(other, place);
      place = parent;
    }
    this.#put(number, place);
  }

  #sink(from: number): void {
    const number = this.#heap[from] as number;
    let place = from;
    for (let child = 2 * from + 1; child < this.#heap.length; child = 2 * place + 1) {
      const right = child + 1;
      const larger =
        right < this.#heap.length && this.#above(this.#heap[right] as number, this.#heap[child] as number)
          ? right
          : child;
      const other = this.#heap[larger] as number;
      if (!this.#above(other, number)) break;
      this.#put(other, place);
      place = larger;
    }
    this.#put(number, place);
  }

  #put(number: number, place: number): void {
    this.#heap[place] = number;
    this.#place[number] = place;
  }
}
