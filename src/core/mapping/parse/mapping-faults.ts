import type { Fault } from '../../values/fault.ts';
import { pointerToken } from '../pointer.ts';

const faultsMax = 200;

/** Gathers the errors of a mapping. */
export class MappingFaults {
  readonly list: Fault[] = [];

  /** @param pointer of the part that is wrong, into the mapping */
  add(pointer: string, detail: string): void {
    if (this.list.length < faultsMax) this.list.push({ field: pointer, code: 'mapping_invalid', detail });
  }

  /** Names that mean nothing are errors: a typo must not go unnoticed. */
  checkNames(object: Record<string, unknown>, at: string, known: readonly string[]): void {
    for (const name of Object.keys(object)) {
      if (!known.includes(name)) {
        this.add(
          `${at}${pointerToken(name)}`,
          `Remove this name, or correct it. Known here: ${known.join(', ')}.`,
        );
      }
    }
  }
}

/** The whole is no mapping: the pointer to it is empty. */
export function notAMapping(): Fault {
  const detail = 'Write a mapping as a JSON object, such as {"fields":{"call_log_id":"click_id"}}.';
  return { field: '', code: 'mapping_invalid', detail };
}
