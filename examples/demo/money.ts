const unitsPerOne = 10_000n;

/** Adds decimal texts such as "12.50" exactly; null counts nothing. */
export function addMoney(amounts: (string | null)[]): string {
  const units = amounts.reduce((sum, amount) => sum + unitsOf(amount ?? '0'), 0n);
  const fraction = String(units % unitsPerOne).padStart(4, '0');
  return `${units / unitsPerOne}.${fraction.replace(/0{1,2}$/, '')}`;
}

function unitsOf(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.');
  return BigInt(whole) * unitsPerOne + BigInt(fraction.padEnd(4, '0'));
}
