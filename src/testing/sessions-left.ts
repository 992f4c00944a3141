import type { MockStats } from '../mock/mock-service.ts';

/** Sessions that a server over sockets still knows. It may learn a little later that clients are gone: a loaded machine is given time. */
export async function sessionsLeft(server: { stats(): Promise<MockStats> }): Promise<number> {
  for (let n = 0; n < 400 && (await server.stats()).sessions > 0; n++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return (await server.stats()).sessions;
}
