import { complement, DIGITS, DOT, merged, type Ranges, SPACE, single, unicodeProperty, WORD } from './code-points.ts';

/** A regular expression without what makes it more than regular. */
export type Pattern =
  | { readonly kind: 'set'; readonly ranges: Ranges }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly of: Pattern; readonly from: number; readonly to: number }
  | { readonly kind: 'start' | 'end' };

/** The pattern uses what no finite automaton can do, or what is not read here (look-around, back-references, \b). */
export class NotRegular extends Error {}

const MAXIMUM_DEPTH = 60;
const SYNTAX = /[\^$\\.*+?()[\]{}|/]/;
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 };
const properties = new Map<string, Ranges>();

function property(name: string): Ranges {
  const known = properties.get(name) ?? unicodeProperty(name);
  if (properties.size < 64) properties.set(name, known);
  return known;
}

class Reader {
  readonly #chars: readonly string[];
  #at = 0;

  constructor(source: string) {
    this.#chars = [...source];
  }

  #peek(): string | undefined {
    return this.#chars[this.#at];
  }

  #take(): string {
    const char = this.#chars[this.#at++];
    if (char === undefined) throw new NotRegular('It ends too early.');
    return char;
  }

  #accept(text: string): boolean {
    if (!this.#chars.slice(this.#at, this.#at + text.length).every((char, index) => char === text[index])) return false;
    if (this.#at + text.length > this.#chars.length) return false;
    this.#at += text.length;
    return true;
  }

  read(): Pattern {
    const pattern = this.#choice(0);
    if (this.#peek() !== undefined) throw new NotRegular('It has a bracket too many.');
    return pattern;
  }

  #choice(depth: number): Pattern {
    if (depth > MAXIMUM_DEPTH) throw new NotRegular('It is nested too deeply.');
    const parts = [this.#sequence(depth)];
    while (this.#accept('|')) parts.push(this.#sequence(depth));
    return parts.length === 1 ? (parts[0] as Pattern) : { kind: 'choice', parts };
  }

  #sequence(depth: number): Pattern {
    const parts: Pattern[] = [];
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek())
      parts.push(this.#repeated(this.#atom(depth)));
    return { kind: 'sequence', parts };
  }

  #repeated(of: Pattern): Pattern {
    const bounds = this.#quantifier();
    if (bounds === undefined) return of;
    if (of.kind === 'start' || of.kind === 'end') throw new NotRegular('It repeats an anchor.');
    // A lazy quantifier prefers another match, and matches the same strings.
    this.#accept('?');
    return { kind: 'repeat', of, from: bounds[0], to: bounds[1] };
  }

  #quantifier(): readonly [number, number] | undefined {
    if (this.#accept('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#accept('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#accept('?')) return [0, 1];
    if (!this.#accept('{')) return undefined;
    let text = '';
    for (let char = this.#take(); char !== '}'; char = this.#take()) text += char;
    const bounds = /^(\d{1,6})(,?)(\d{0,6})$/.exec(text);
    if (bounds === null) throw new NotRegular('It has an unusual quantifier.');
    const from = Number(bounds[1]);
    const to = bounds[2] === '' ? from : bounds[3] === '' ? Number.POSITIVE_INFINITY : Number(bounds[3]);
    if (to < from) throw new NotRegular('It has a quantifier out of order.');
    return [from, to];
  }

  #atom(depth: number): Pattern {
    const char = this.#take();
    switch (char) {
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '.':
        return { kind: 'set', ranges: DOT };
      case '(':
        return this.#group(depth);
      case '[':
        return { kind: 'set', ranges: this.#class() };
      case '\\':
        return { kind: 'set', ranges: this.#escape(false) };
      case '*':
      case '+':
      case '?':
      case '{':
      case '}':
      case ']':
        throw new NotRegular('A character of the syntax is not escaped.');
      default:
        return { kind: 'set', ranges: single(char.codePointAt(0) as number) };
    }
  }

  #group(depth: number): Pattern {
    if (this.#accept('?')) {
      const named = this.#accept('<') && this.#peek() !== '=' && this.#peek() !== '!';
      if (named) while (this.#take() !== '>');
      else if (!this.#accept(':')) throw new NotRegular('It looks around.');
    }
    const inner = this.#choice(depth + 1);
    if (!this.#accept(')')) throw new NotRegular('A group is not closed.');
    return inner;
  }

  #hex(digits: number): number {
    let text = '';
    while (text.length < digits) text += this.#take();
    if (!/^[\da-fA-F]+$/.test(text)) throw new NotRegular('It has an unusual escape.');
    return Number.parseInt(text, 16);
  }

  #escape(inClass: boolean): Ranges {
    const char = this.#take();
    const codePoint = char.codePointAt(0) as number;
    if (char === 'd') return DIGITS;
    if (char === 'D') return complement(DIGITS);
    if (char === 'w') return WORD;
    if (char === 'W') return complement(WORD);
    if (char === 's') return SPACE;
    if (char === 'S') return complement(SPACE);
    if (char === 'p' || char === 'P') return this.#property(char === 'P');
    if (char === 'x') return single(this.#hex(2));
    if (char === 'u') return single(this.#unicode());
    if (char === '0' && /\d/.test(this.#peek() ?? '')) throw new NotRegular('It has an octal escape.');
    const control = Object.hasOwn(CONTROLS, char) ? CONTROLS[char] : undefined;
    if (control !== undefined) return single(control);
    if (SYNTAX.test(char) || (inClass && char === '-')) return single(codePoint);
    throw new NotRegular(`\\${char} is not read.`);
  }

  #unicode(): number {
    if (!this.#accept('{')) {
      const unit = this.#hex(4);
      if (unit >= 0xd800 && unit <= 0xdfff) throw new NotRegular('It names half a character.');
      return unit;
    }
    let text = '';
    for (let char = this.#take(); char !== '}'; char = this.#take()) text += char;
    if (!/^[\da-fA-F]{1,6}$/.test(text)) throw new NotRegular('It has an unusual escape.');
    return Number.parseInt(text, 16);
  }

  #property(negated: boolean): Ranges {
    if (!this.#accept('{')) throw new NotRegular('It has an unusual escape.');
    let name = '';
    for (let char = this.#take(); char !== '}'; char = this.#take()) name += char;
    if (!/^\w+(=\w+)?$/.test(name)) throw new NotRegular('It has an unusual property.');
    return negated ? complement(property(name)) : property(name);
  }

  #class(): Ranges {
    const negated = this.#accept('^');
    const ranges: (readonly [number, number])[] = [];
    while (!this.#accept(']')) {
      const from = this.#member();
      if (this.#peek() !== '-' || this.#chars[this.#at + 1] === ']') {
        ranges.push(...from);
        continue;
      }
      this.#take();
      const to = this.#member();
      const [first, last] = [from[0]?.[0], to[0]?.[1]];
      const plain = [from, to].every((ends) => ends.length === 1 && ends[0]?.[0] === ends[0]?.[1]);
      if (!plain || first === undefined || last === undefined || first > last)
        throw new NotRegular('It has an unusual range.');
      ranges.push([first, last]);
    }
    return negated ? complement(ranges) : merged(ranges);
  }

  #member(): Ranges {
    const char = this.#take();
    return char === '\\' ? this.#escape(true) : single(char.codePointAt(0) as number);
  }
}

/**
 * Reads an ECMA-262 regular expression as JSON Schema uses it: Unicode mode, matching anywhere in the string.
 * @throws NotRegular when it is not in the subset; SyntaxError for a Unicode property that does not exist.
 */
export function readPattern(source: string): Pattern {
  if (source.length > 2000) throw new NotRegular('It is too long.');
  return new Reader(source).read();
}
