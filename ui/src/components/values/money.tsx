/** An exact amount with its thousands apart; its caller decides what is shown where there is none. */
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
