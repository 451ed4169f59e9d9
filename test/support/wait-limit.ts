/** How long tests wait for a condition that is to come: longer on Citus, where each statement passes several processes. */
export const conditionMsMax = process.env['TEST_CITUS_WORKERS'] === undefined ? 20_000 : 60_000;
