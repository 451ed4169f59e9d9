import { setFromN, writtenDefinitions } from '../calls/call-columns.ts';
import type { Statement } from '../database/statements/round-trip.ts';

/** Writes every changed call once, whatever the number of postbacks that changed it. The rows are locked. */
export const writeCalls: Statement = {
  name: 'write-calls',
  text: `
update call c set ${setFromN}, updated_at = $3
from json_to_recordset($2) as n(call_log_id text, ${writtenDefinitions})
where c.account_id = $1 and c.call_log_id = n.call_log_id`,
};
