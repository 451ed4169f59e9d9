const digits = 4;

/** The exact sum of two amounts of at most four decimals: an amount never becomes a binary number. */
export function addAmounts(one: string, other: string): string {
  const sum = unitsOf(one) + unitsOf(other);
  const text = (sum < 0n ? -sum : sum).toString().padStart(digits + 1, '0');
  const fraction = text.slice(-digits).replace(/0{1,2}$/, '');
  return `${sum < 0n ? '-' : ''}${text.slice(0, -digits)}.${fraction}`;
}

function unitsOf(amount: string): bigint {
  const isNegative = amount.startsWith('-');
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.');
  const units = BigInt(`${whole}${fraction.padEnd(digits, '0').slice(0, digits)}`);
  return isNegative ? -units : units;
}
