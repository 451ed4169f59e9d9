/** The port only names the socket file: `.s.PGSQL.5432`. */
export const SOCKET_PORT = 5432;

/** Also what tells this data folder's server from all others in the list of processes. */
export function socketSetting(socketFolder: string): string {
  return `unix_socket_directories=${socketFolder}`;
}

/**
 * The server's settings as command line flags, so that an upgrade of Ringback changes them for existing databases.
 * What makes commits durable (fsync, synchronous_commit, full_page_writes) stays at PostgreSQL's defaults: on.
 */
export function serverFlags(socketFolder: string): string[] {
  const settings = [
    'listen_addresses=', // no TCP: only the owner of the socket folder on this machine can reach it
    `port=${SOCKET_PORT}`,
    socketSetting(socketFolder),
    'unix_socket_permissions=0700',
    'max_connections=300', // 12 for each of 24 workers, and an operator's psql
    'shared_buffers=256MB', // the calls of a busy week and their indexes; the kernel caches the rest
    'max_wal_size=4GB', // at 1GB a busy server checkpoints every minute, and each one costs full pages in the log
    'checkpoint_timeout=15min', // for the same reason; the price is a longer recovery after a crash, under a minute
    'lc_messages=C', // the log is read by startServer
  ];
  return settings.flatMap((setting) => ['-c', setting]);
}
