import { type Markup, markup, words } from '../markup.ts';
import type { SeatHolder, SeatView } from '../views.ts';
import { standingWords } from '../vocabulary.ts';
import { writeShort } from '../zoned-time.ts';

/** A seat's holder: `Ada Lovelace for Charles Babbage`. */
export function holder(seat: SeatHolder): Markup {
  return markup`${words(seat.approverName)}${seat.principalName !== undefined && markup` for ${words(seat.principalName)}`}`;
}

function seatItem(seat: SeatView): Markup {
  const { sign, word } = standingWords[seat.standing];
  return markup`<li class="${seat.standing}"><span class="sign" aria-hidden="true">${sign}</span><span><b>${holder(seat)}</b>${seat.escalated === true && ' (asked after a missed deadline)'}<br>${word}${seat.at !== undefined && `, ${writeShort(seat.at)}`}${seat.carriedOver === true && ', in the earlier request: for this level nothing has changed'}${seat.comment !== undefined && markup`<q>${seat.comment}</q>`}</span></li>`;
}

/** The seats of a level with what each decided; nothing when there are none. */
export function seatList(seats: readonly SeatView[]): Markup | false {
  return seats.length > 0 && markup`<ul class="seats">${seats.map(seatItem)}</ul>`;
}
