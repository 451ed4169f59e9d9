/** `0.2534` → `25.34 %`, by the digits; a dash where there were no calls. */
export function percent(rate: string | null): string {
  if (rate === null) return '–';
  const [whole = '0', fraction = ''] = rate.split('.');
  const digits = fraction.padEnd(4, '0');
  const hundredths = `${whole}${digits.slice(0, 2)}`.replace(/^0+(?=\d)/, '');
  return `${hundredths}.${digits.slice(2)} %`;
}
