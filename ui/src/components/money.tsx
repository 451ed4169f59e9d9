/** An exact amount with its thousands apart; what it means when there is none is said by whoever shows it. */
export function Money({ amount }: { amount: string | null }) {
  if (amount === null) return <span className="text-muted">–</span>;
  return <data value={amount}>{groupThousands(amount)}</data>;
}

/** `1234567.50` → `1,234,567.50`, by the digits: an amount never becomes a binary number. */
function groupThousands(amount: string): string {
  const [whole = '', fraction] = amount.split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
