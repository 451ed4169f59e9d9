import type { Rejection } from '../../../core/updates/rejection.ts';

/** Thrown for a body that cannot be read; carries the response. */
export class UnreadableBody extends Error {
  readonly rejection: Rejection;

  constructor(rejection: Rejection) {
    super(rejection.detail);
    this.rejection = rejection;
  }
}
