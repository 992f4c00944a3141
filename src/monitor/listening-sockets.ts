/** A bound on what is read of a table that others fill. */
const mostLines = 200_000;

/** Inodes of the sockets that listen on a port, from `/proc/net/tcp` or `/proc/net/tcp6`. */
export function listeningInodes(table: string, port: number): ReadonlySet<string> {
  const inodes = new Set<string>();
  let lines = 0;
  for (let from = 0; from < table.length && lines < mostLines; lines++) {
    const newline = table.indexOf('\n', from);
    const to = newline < 0 ? table.length : newline;
    // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode; state 0A is LISTEN.
    const fields = table
      .slice(from, Math.min(to, from + 512))
      .trim()
      .split(/\s+/);
    from = to + 1;
    const [, local = '', , state = ''] = fields;
    const inode = fields[9] ?? '';
    const hex = /^(?:[\dA-F]{8}|[\dA-F]{32}):([\dA-F]{4})$/i.exec(local)?.[1];
    if (hex === undefined || state.toUpperCase() !== '0A' || !/^[1-9]\d*$/.test(inode)) continue;
    if (Number.parseInt(hex, 16) === port) inodes.add(inode);
  }
  return inodes;
}

/** The inode in the target of a link such as `/proc/7/fd/3`; null when it is no socket. */
export const socketInode = (link: string): string | null => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? null;
