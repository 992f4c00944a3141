interface Example {
  readonly command: string;
  readonly line: string;
  readonly what: string;
}

/** What the help of each command shows at its end; `sqload` is the help of the whole. */
export const commandExamples: readonly Example[] = [
  { command: 'sqload', line: 'sqload spike --users 200 --run-time 60s', what: 'try it on the built-in server' },
  { command: 'sqload', line: 'sqload spike -H http://localhost:8000', what: 'test your own server' },
  { command: 'sqload', line: 'sqload plan ramp --users 50 -t 5m', what: 'see what a run would do' },

  { command: 'ramp', line: 'sqload ramp -H http://localhost:8000', what: '300 users, 10 more each second, 10 minutes' },
  { command: 'ramp', line: 'sqload ramp --climb 8m', what: 'the same users, added gradually' },
  { command: 'ramp', line: 'sqload ramp -u 50 -r 2 -t 5m', what: 'smaller, with the letters of Locust' },
  { command: 'ramp', line: 'sqload ramp -u 100 --until-broken', what: 'and on from there until a limit breaks' },

  { command: 'sustained', line: 'sqload sustained -H https://staging.example', what: '100 users for 30 minutes' },
  { command: 'sustained', line: 'sqload sustained -t 2h --quiet', what: 'longer; print the verdict only' },
  { command: 'sustained', line: "sqload sustained --threshold 'p95<2s'", what: 'with a limit of your own' },

  { command: 'spike', line: 'sqload spike --users 200 --run-time 60s', what: 'one minute on the built-in server' },
  { command: 'spike', line: 'sqload spike -H http://localhost:8000/api', what: 'your own server, below /api' },
  { command: 'spike', line: 'sqload spike --dialect upstream', what: 'the contract of the public server' },
  { command: 'spike', line: 'sqload spike --dialect mcp -H http://localhost:8000', what: 'an MCP server' },
  { command: 'spike', line: 'sqload spike --baseline 0', what: 'surge and hold only, without recovery' },
  { command: 'spike', line: 'sqload spike --rate 20/s', what: 'conversations per second in place of users' },
  { command: 'spike', line: 'sqload spike --mock-fault 500:10%@30s-60s', what: 'see what failures look like' },

  { command: 'run', line: 'sqload run scenarios/spike.yaml', what: 'a preset is such a file' },
  { command: 'run', line: 'sqload run mine.yaml -H http://localhost:8000', what: 'options override the file' },
  { command: 'run', line: 'sqload run scenarios/open.yaml --rate 10/s', what: 'conversations that arrive at a rate' },
  { command: 'run', line: 'sqload run mine.yaml --print-config', what: 'what holds, and where it came from' },

  { command: 'run', line: 'sqload run scenarios/upstream.yaml -H http://localhost:8000', what: 'the public server' },
  {
    command: 'run',
    line: 'sqload run mine.yaml --dialect auto -H http://localhost:8000',
    what: 'find out what it speaks',
  },
  { command: 'run', line: 'sqload run scenarios/mcp.yaml --mcp-version 2025-11-25', what: 'MCP with sessions' },
  { command: 'run', line: 'sqload run scenarios/rest.yaml', what: 'any JSON API, described in the file' },

  { command: 'capacity', line: 'sqload capacity -H http://localhost:8000', what: 'how many users can it take?' },
  { command: 'capacity', line: 'sqload capacity mine.yaml --max-time 20m', what: 'with the requests of a file' },
  { command: 'capacity', line: "sqload capacity --threshold 'p95<2s' --at-least 200", what: 'a gate for CI' },
  { command: 'capacity', line: 'sqload capacity --mock-capacity 4 --think 300ms-700ms', what: 'try it out' },

  { command: 'plan', line: 'sqload plan spike', what: 'phases, users over time, requests to expect' },
  { command: 'plan', line: 'sqload plan sustained --rate 5/s', what: 'what comes of 5 conversations/s' },
  { command: 'plan', line: 'sqload plan ramp --stage staging --expected-users 200', what: "the guide's schedule" },
  { command: 'plan', line: 'sqload plan scenarios/upstream.yaml', what: 'what a language model can be asked' },
  { command: 'plan', line: "sqload plan mine.yaml --threshold 'p99<1s'", what: 'can this run decide it?' },

  { command: 'mock', line: 'sqload mock', what: 'listen on 127.0.0.1:8000' },
  { command: 'mock', line: 'sqload mock --port 9000 --capacity 20', what: 'with a real breaking point' },
  { command: 'mock', line: 'sqload mock --latency 50ms --fault reset:1%', what: 'fast, with 1 % of connections cut' },
  { command: 'mock', line: 'sqload mock --latency p50=6s,p95=15s', what: 'as slow as a language model' },
  { command: 'mock', line: 'sqload mock --only mcp --replies events', what: 'an MCP server that streams' },
  { command: 'mock', line: 'sqload mock --fault lost-session:1%', what: 'sessions of MCP get lost' },

  { command: 'report', line: 'sqload report reports/spike-20260102T030405Z', what: 'the folder of a run' },
  { command: 'report', line: 'sqload report record.ndjson --csv out/today', what: "write Locust's CSV files from it" },

  { command: 'merge', line: 'sqload merge a/ramp-20260102T030405Z b/ramp-20260102T030405Z', what: 'two slices' },
  { command: 'merge', line: 'sqload merge slices/*.ndjson --out whole', what: 'records from many machines' },

  { command: 'compare', line: 'sqload compare main/record.ndjson pr/record.ndjson', what: 'is pr worse than main?' },
  { command: 'compare', line: 'sqload compare old/*/ --candidate new/*/', what: 'several runs a side' },
  {
    command: 'compare',
    line: 'sqload compare reports/history.csv --last 5',
    what: 'the newest run with five before it',
  },
  { command: 'compare', line: 'sqload compare main pr --markdown "$GITHUB_STEP_SUMMARY"', what: 'in CI' },
  {
    command: 'compare',
    line: 'sqload compare main pr --fail-on p95:10%,error_rate:0.5pp',
    what: 'with limits of your own',
  },
  {
    command: 'compare',
    line: 'sqload compare old_stats.csv new_stats.csv',
    what: 'what Locust left behind: errors only',
  },
];
