// The guide's event hooks: `sqload spike --users 20 --run-time 30s --mock-fault 500:5% --hooks examples/hooks.mjs`.
// With types in an editor: the line below is all that is needed.
/** @type {Pick<import('sqload').Hooks, 'testStart' | 'requestFailed' | 'second' | 'verdict'>} */
const hooks = {
  testStart({ scenario, target }) {
    console.log(`A new test is starting: ${scenario} against ${target}`);
  },

  requestFailed({ name, detail, responseTime }, { counter, timing }) {
    console.log(`Request ${name} failed with exception: ${detail}`);
    counter('failures').add();
    timing('time-to-failure').record(responseTime);
  },

  second({ p95 }, { timing }) {
    if (p95 !== null) timing('p95-of-the-second').record(p95);
  },

  verdict({ sentence }) {
    console.log(`Tell the team: ${sentence}`);
  },
};

export default hooks;
