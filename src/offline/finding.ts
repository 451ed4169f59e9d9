/** What one check of `doctor` found. */
export type Finding = {
  level: 'ok' | 'warn' | 'FAIL';
  subject: string;
  says: string;
  /** what to do; none where all is well */
  fix?: string;
};
