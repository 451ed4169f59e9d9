/** How the cells of a file are written: stated once for all columns of a kind, never inferred. */
import { type MoneyFormat, readMoneyText } from '../mapping/apply/read-amount.ts';
import { readTime } from '../mapping/apply/read-time.ts';
import { Invalid } from '../values/fault.ts';

export const amountWords = ['point', 'comma'] as const;
export const dateWords = ['iso', 'us', 'eu'] as const;

export type CellFormats = {
  /** the decimal mark; null: not stated, and only plain numbers are read */
  amounts: (typeof amountWords)[number] | null;
  dates: (typeof dateWords)[number] | null;
  /** of times without an offset; null: the account's */
  zone: string | null;
  accountZone: string;
};

/** What the cells of a column are. */
export type CellKind = 'money' | 'time' | 'other';

const spreadsheetError = /^(?:#(?:DIV\/0!|N\/A|VALUE!|REF!|NAME\?|NUM!|NULL!|SPILL!|CALC!|ERROR!)|n\/a)$/i;
const currency = /(?:[A-Z]{3}|[$€£¥₹]|US\$|C\$|A\$)/;
const decimalComma = /^[-(]?\D{0,4}(?:\d{1,3}(?:[. \u00a0]\d{3})+|\d+),\d{1,2}\D{0,5}$/;
const twoReadings = /^-?\d{1,3}\.\d{3}$/;

/** True for an amount that only a file with decimal commas has. */
export function hasDecimalComma(cell: string): boolean {
  return decimalComma.test(cell.trim());
}

/**
 * The value of a cell as postbacks are written.
 * @param delimiter files with semicolons come from places with decimal commas: `1.000` has two readings in them
 */
export function readCell(
  cell: string,
  kind: CellKind,
  formats: CellFormats,
  delimiter: string,
): string | Invalid {
  if (kind === 'other') return cell;
  const text = cell.trim();
  if (text === '') return cell;
  if (spreadsheetError.test(text)) {
    return new Invalid(
      `The cell has no value but "${text}", which is what a spreadsheet writes for an error: correct it there.`,
    );
  }
  return kind === 'money' ? readAmount(text, formats.amounts, delimiter) : readWhen(text, formats);
}

function readAmount(text: string, amounts: CellFormats['amounts'], delimiter: string): string | Invalid {
  if (amounts !== null) {
    const [decimal, thousands] = amounts === 'comma' ? [',', '.'] : ['.', ','];
    const format: MoneyFormat = {
      decimal,
      thousands,
      currency: currency.exec(text)?.[0] ?? null,
      isCents: false,
    };
    return readMoneyText(text, format);
  }
  if (delimiter === ';' && twoReadings.test(text)) {
    return new Invalid(
      `"${text}" may be ${text.replace('.', '')} or ${Number(text)}: state how amounts are written, with amounts=comma or amounts=point.`,
    );
  }
  return text;
}

function readWhen(text: string, { dates, zone, accountZone }: CellFormats): string | Invalid {
  if (dates === null && zone === null) return text;
  return readTime(text, dates, zone ?? accountZone);
}
