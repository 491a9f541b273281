import type { Dice } from './dice.ts';

type Unit = 'ratio' | 'money' | 'number' | 'months' | 'decimal' | 'date' | 'duration';

const NUMBERS: Readonly<Record<Unit, readonly string[]>> = {
  ratio: ['discount', 'margin?'],
  money: ['amount', 'refund?'],
  number: ['paymentDays'],
  months: ['termMonths'],
  decimal: ['account.churnRisk'],
  date: ['start', 'end?'],
  duration: ['response'],
};
const UNITS = Object.keys(NUMBERS) as Unit[];
const WORDS = { kind: ['discount', 'renewal', 'refund', 'terms'], 'segment?': ['smb', 'mid', 'enterprise'] };
const SETS = { clauses: ['liability', 'residency', 'exit', 'audit'], 'regions?': ['eu', 'us'] };
const OPTIONAL = ['margin', 'refund', 'segment', 'end', 'regions'];
const RELATIONS = ['<', '<=', '==', '!=', '>=', '>'];

type There = ReadonlySet<string>;

/** Writes random CEL texts over the fields of `sources.ts`; each optional field is tested before it is used. */
export class Expressions {
  private readonly dice: Dice;

  constructor(dice: Dice) {
    this.dice = dice;
  }

  private usable(names: readonly string[], there: There): string[] {
    return names.filter((name) => !name.endsWith('?') || there.has(name.slice(0, -1))).map((n) => n.replace('?', ''));
  }

  private literal(unit: Unit): string {
    const { dice } = this;
    switch (unit) {
      case 'ratio':
        return `percent("${dice.pick([5, 10, 12.5, 15, 40])}")`;
      case 'money':
        return `money("${dice.pick([10, 2500, 49_999.5, 50_000])} EUR")`;
      case 'number':
        return String(dice.between(0, 60));
      case 'months':
        return String(dice.between(1, 60));
      case 'decimal':
        return `decimal("${dice.pick(['0.25', '0.5', '0.75', '1'])}")`;
      case 'date':
        return `date("2027-0${dice.between(1, 9)}-1${dice.between(0, 9)}")`;
      case 'duration':
        return `duration("${dice.pick(['72h', 'P10D', '1h30m', 'PT1S', '2d'])}")`;
    }
  }

  private atom(unit: Unit, there: There): string {
    const fields = this.usable(NUMBERS[unit], there);
    if (unit === 'number' && this.dice.chance(0.3)) {
      return `size(request.${this.dice.pick(this.usable(Object.keys(SETS), there))})`;
    }
    return this.dice.chance(0.7) ? `request.${this.dice.pick(fields)}` : this.literal(unit);
  }

  number(unit: Unit, depth: number, there: There): string {
    const { dice } = this;
    if (depth <= 0 || dice.chance(0.4)) return this.atom(unit, there);
    const inner = (of: Unit = unit) => this.number(of, depth - 1, there);
    const choice = dice.between(0, 7);
    if (choice === 0) return this.choose(depth, there, (known) => this.number(unit, depth - 1, known));
    if (unit === 'date') {
      return `(${inner()} ${dice.pick(['+', '-'])} ${this.number('duration', depth - 1, there)})`;
    }
    if (choice === 1 && unit === 'duration') return `(${inner('date')} - ${inner('date')})`;
    if (choice === 1 && unit === 'decimal') return `decimal(${inner('number')})`;
    if (choice === 2) return `${dice.between(2, 5)} * (${inner()})`;
    if (choice === 3) return `-(${inner()})`;
    if (choice === 4 && unit !== 'decimal') return `(${inner()}) ${dice.pick(['/', '%'])} ${dice.pick([7, 30, -4])}`;
    if (choice === 5 && unit !== 'number' && unit !== 'months') return `(${inner()}) * ${this.atom('number', there)}`;
    return `(${inner()} ${dice.pick(['+', '-'])} ${inner()})`;
  }

  private choose(depth: number, there: There, branch: (there: There) => string): string {
    const field = this.dice.pick(OPTIONAL);
    if (this.dice.chance(0.4)) {
      return `(has(request.${field}) ? ${branch(new Set([...there, field]))} : ${branch(there)})`;
    }
    return `(${this.condition(depth - 1, there)} ? ${branch(there)} : ${branch(there)})`;
  }

  private word(there: There): string {
    const { dice } = this;
    const [name, values] = dice.pick(Object.entries(WORDS).filter(([n]) => this.usable([n], there).length > 0));
    const field = `request.${name.replace('?', '')}`;
    const list = `[${dice
      .some(values, 1)
      .map((word) => `"${word}"`)
      .join(', ')}]`;
    return dice.pick([
      `${field} == "${dice.pick(values)}"`,
      `"${dice.pick(values)}" != ${field}`,
      `${field} in ${list}`,
      `!(${field} in ${list})`,
      `(${this.condition(0, there)} ? ${field} : "${dice.pick(values)}") == "${dice.pick(values)}"`,
    ]);
  }

  private set(there: There): string {
    const { dice } = this;
    const [name, values] = dice.pick(Object.entries(SETS).filter(([n]) => this.usable([n], there).length > 0));
    const field = `request.${name.replace('?', '')}`;
    const word = `"${dice.pick(values)}"`;
    const list = `[${dice
      .some(values, 1)
      .map((w) => `"${w}"`)
      .join(', ')}]`;
    const macro = dice.pick(['exists', 'all']);
    return dice.pick([
      `${word} in ${field}`,
      `${field}.${macro}(c, c in ${list})`,
      `${field}.${macro}(c, c ${dice.pick(['==', '!='])} ${word} || ${this.condition(0, there)})`,
      `${list}.${macro}(w, w in ${field})`,
      `[3, 30, 60].${macro}(n, request.paymentDays ${dice.pick(RELATIONS)} n)`,
      `size(${field}) ${dice.pick(RELATIONS)} ${dice.between(0, values.length - 1)}`,
    ]);
  }

  private guarded(depth: number, there: There): string {
    const { dice } = this;
    const field = dice.pick(OPTIONAL);
    const has = `has(request.${field})`;
    const known = new Set([...there, field]);
    const inner = () => this.condition(depth - 1, known);
    return dice.pick([
      () => `(${has} && ${inner()})`,
      () => `(!${has} || ${inner()})`,
      () => `(${has} ? ${inner()} : ${this.condition(depth - 1, there)})`,
      () => `(!(!${has} || ${inner()}) && ${inner()})`,
      () => `!(${has} && ${inner()} && ${inner()})`,
      () => `((${has} && ${inner()} || ${inner().length > 0 ? has : ''}) && ${inner()})`,
      () => has,
    ])();
  }

  condition(depth: number, there: There = new Set()): string {
    const { dice } = this;
    const choice = depth <= 0 ? dice.between(0, 5) : dice.between(0, 12);
    if (choice <= 2) {
      const unit = dice.pick(UNITS);
      const [left, right] = [this.number(unit, depth, there), this.number(unit, depth - 1, there)];
      return `${left} ${dice.pick(RELATIONS)} ${right}`;
    }
    if (choice === 3) return this.word(there);
    if (choice === 4) return this.set(there);
    if (choice === 5) return 'request.account.strategic';
    if (choice <= 8) return this.guarded(depth, there);
    const [a, b] = [this.condition(depth - 1, there), this.condition(depth - 1, there)];
    if (choice === 9) return `(${a}) ${dice.pick(['==', '!='])} (${b})`;
    if (choice === 10) return `!(${a})`;
    if (choice === 11) return this.choose(depth, there, (known) => `(${this.condition(depth - 1, known)})`);
    return `(${a} ${dice.pick(['&&', '||'])} ${b})`;
  }
}
