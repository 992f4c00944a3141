import { MessageChannel } from 'node:worker_threads';
import { serveLoad, type ThreadOrder } from '../io/load-messages.ts';
import type { LoadThread } from '../io/load-threads.ts';

/** A load thread played in this thread, over a channel that copies as threads do: Node 20 starts no thread from the sources. */
export function threadOverChannel(order: ThreadOrder): LoadThread {
  const { port1, port2 } = new MessageChannel();
  const served = serveLoad(port2, structuredClone(order));
  let end: (cause: string) => void = () => {};
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  void served.finally(() => port2.close());
  port1.on('close', () => end('it left with exit code 0'));
  return {
    port: port1,
    ended,
    terminate: async () => {
      port1.close();
      end('it was ended');
    },
  };
}
