// Answers after a lognormal time (median 120 ms, p95 350 ms) and keeps how long each request really took here: from the
// request's arrival to the end of its answer, on this process' own clock, as exact values and not in anybody's histogram.
import { answer, answerRequests } from './answer-requests.js';

const [median = 120, p95 = 350] = process.argv.slice(2).map(Number);
const mu = Math.log(median);
const sigma = (Math.log(p95) - mu) / 1.6448536;
const took = [];

const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

answerRequests(
  (socket) => {
    const arrived = performance.now();
    setTimeout(
      () => {
        // On loopback the kernel takes so small an answer before write() returns.
        socket.write(answer);
        took.push(performance.now() - arrived);
      },
      Math.exp(mu + sigma * normal()),
    );
  },
  () => {
    const sorted = Float64Array.from(took).sort();
    // Nearest rank.
    const at = (share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    return { answered: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  },
);
