/**
 * A backup that cannot be taken or restored as it is; the message says why and what to do.
 * Beside the schemas of a backup, not with them: those load a library, for which every command would wait.
 */
export class BackupFault extends Error {}
