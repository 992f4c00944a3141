// Loaded before sqload with --import: writes what the process used to $BENCH_USAGE_FILE when it ends. Costs one sample a second.
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const file = process.env['BENCH_USAGE_FILE'];

// A worker thread inherits the --import; the process is counted once.
if (file && isMainThread) {
  const samples = [];
  const cpu = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  const sample = () => samples.push({ at: Date.now(), cpu: cpu(), memory: process.memoryUsage.rss() });
  setInterval(sample, 1000).unref();
  process.on('exit', () => {
    const peak = process.resourceUsage().maxRSS * 1024;
    writeFileSync(file, JSON.stringify({ cpu: cpu(), peak, samples }));
  });
}
