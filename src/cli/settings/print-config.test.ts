import { expect, test } from 'vitest';
import { perSecond } from '../../core/units.ts';
import { fakeHost } from '../../testing/fake-host.ts';
import { runOptions } from '../options/run-options.ts';
import { describeSettings, renderConfig } from './print-config.ts';
import { resolveRunSettings } from './run-settings.ts';

const given = (name: string, text: string) => [{ name, text }];

test('renderConfig() shows each value and where it came from', () => {
  const settings = resolveRunSettings(
    fakeHost({
      env: { SQLOAD_MIX: 'initial=1', NO_COLOR: '1', SQLOAD_NO_PREFLIGHT: '1' },
      files: { '.env': 'SQLOAD_API_KEY=hunter2\nSQLOAD_TIMEOUT=90' },
    }),
    {
      host: given('host', 'https://staging.example/api/'),
      users: given('users', '200'),
      headers: [...given('header', 'X-Tenant: acme'), ...given('header', 'X-Auth-Token: hunter2')],
      baseline: given('baseline', '10%'),
    },
    { spawnRate: perSecond(100) },
  );
  expect(renderConfig(runOptions, settings)).toMatchInlineSnapshot(`
    "setting                value                                       from
    users                  200                                         flag
    rate                   none                                        default
    arrivals               even                                        default
    max-users              1000                                        default
    until-broken           no                                          default
    spawn-rate             100/s                                       scenario file
    climb                  none                                        default
    run-time               as in the scenario                          default
    baseline               10%                                         flag
    seed                   drawn for each run                          default
    stage                  none                                        default
    expected-users         not said                                    default
    expected-rate          not said                                    default
    workers                1                                           default
    slice                  the whole run                               default
    start-at               at once                                     default
    host                   https://staging.example/api                 flag
    api-key                set (from .env)                             .env
    header                 X-Tenant: acme, X-Auth-Token: (set)         flag
    insecure               no                                          default
    ca                     those of Node                               default
    timeout                1m30s                                       .env
    stop-timeout           30s                                         default
    no-preflight           yes                                         environment
    dialect                guide                                       default
    path                   those of the dialect                        default
    mcp-version            auto                                        default
    mcp-path               /mcp                                        default
    mcp-transport          streamable-http                             default
    mcp-health             that of the dialect                         default
    tool                   those of sequential questioning             default
    tool-arguments         none                                        default
    tool-reply             none                                        default
    connections            per-user                                    default
    keep-alive             keep                                        default
    no-stale-retry         no                                          default
    tls-resumption         no                                          default
    think                  3s-7s                                       default
    mix                    health=0,initial=1,follow-up=0,automatic=0  environment
    history                growing                                     default
    corpus                 the one that ships with sqload              default
    monitor                none                                        default
    cpu-limit              all that there is                           default
    memory-limit           all that there is                           default
    counters               those of the upstream dialect               default
    threshold              none                                        default
    no-default-thresholds  no                                          default
    abort-on-fail          no                                          default
    allow-saturated        no                                          default
    allow-dropped          no                                          default
    hooks                  none                                        default
    out                    reports                                     default
    label                  none                                        default
    csv                    none                                        default
    csv-full-history       no                                          default
    quiet                  no                                          default
    no-color               yes                                         environment
    print-config           no                                          default
    mock-latency           p50=120ms,p95=350ms                         default
    mock-capacity          no limit                                    default
    mock-fault             none                                        default
    "
  `);
});

test('renderConfig() shows that a key is not set', () => {
  const text = renderConfig(runOptions, resolveRunSettings(fakeHost(), {}));
  expect(text).toMatch(/^api-key +not set +default$/m);
});

test('describeSettings() tells a record each setting, but no secret', () => {
  const settings = resolveRunSettings(fakeHost({ env: { SQLOAD_API_KEY: 'hunter2' } }), {
    headers: given('header', 'Cookie: hunter2'),
  });
  const described = describeSettings(runOptions, settings);
  expect(described).toMatchObject({
    'api-key': { value: 'set', from: 'environment' },
    header: { value: 'Cookie: (set)', from: 'flag' },
    'run-time': { value: 'as in the scenario', from: 'default' },
  });
  expect(JSON.stringify(described)).not.toContain('hunter2');
});

test('neither shows the user name and password of an address', () => {
  const settings = resolveRunSettings(fakeHost(), { host: given('host', 'http://me:hunter2@a:8000/base') });
  expect(describeSettings(runOptions, settings)['host']?.value).toBe(
    'http://a:8000/base (with user name and password)',
  );
  expect(renderConfig(runOptions, settings)).not.toContain('hunter2');
});
