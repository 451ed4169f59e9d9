import type { NearCall } from '../../api/postbacks/inbox.ts';

type Distance = NearCall['distance'];

/** How far a call's number is from that of the postback. */
export function numberWords({ number }: Distance): string {
  if (number === null) return 'No number to compare';
  if (number === 0) return 'Same number';
  return number === 1 ? '1 digit differs' : `${number} digits differ`;
}

const units = [
  { name: 'day', seconds: 86_400 },
  { name: 'hour', seconds: 3_600 },
  { name: 'minute', seconds: 60 },
] as const;

/** How far a call's start is from the receipt of the postback. */
export function timeWords({ seconds }: Distance): string {
  const gap = Math.abs(seconds);
  const unit = units.find((one) => gap >= one.seconds) ?? { name: 'second', seconds: 1 };
  const count = Math.floor(gap / unit.seconds);
  return `${count} ${unit.name}${count === 1 ? '' : 's'} ${seconds < 0 ? 'after' : 'before'} the postback`;
}

/** The only near call of the same number, where there is one. */
export function onlyCandidate(nearest: NearCall[] | undefined): NearCall | null {
  const same = (nearest ?? []).filter(({ distance }) => distance.number === 0);
  return same.length === 1 ? (same[0] ?? null) : null;
}
