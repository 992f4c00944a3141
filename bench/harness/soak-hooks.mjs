// Every hook, with a counter and timings: what the soak has on.
const heard = (_, { counter }) => counter('events').add();

export default {
  testStart: heard,
  testStop: heard,
  phase: heard,
  firstFailure: heard,
  verdict() {},
  second({ p95 }, { timing, counter }) {
    counter('events').add();
    if (p95 !== null) timing('p95-of-the-second').record(p95);
  },
  requestFailed({ responseTime }, { counter, timing }) {
    counter('failures').add();
    timing('time-to-failure').record(responseTime);
  },
};
