import { expect, test } from 'vitest';
import { feed } from '../record/feed.ts';
import { plantRecord, plantThread, steadyRequests } from '../testing/record-builder.ts';
import { generatorCsv } from './generator-csv.ts';

const cells = (text: string): Record<string, string>[] => {
  const [head = '', ...lines] = text.trimEnd().split('\r\n');
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i] ?? '', cell])));
};

test('generatorCsv() tells of each second what the threads and the processes had to spare', () => {
  const late = steadyRequests(1, [0, 1], 0.01, () => 5).map((request, i) => ({ ...request, late: i / 100 }));
  const record = plantRecord({
    requests: late,
    seconds: 2,
    users: () => 7,
    dropped: (second) => second * 3,
    threads: (second) =>
      second === 1
        ? []
        : [
            plantThread([1, 2], { utilisation: 0.25, collecting: 3 }),
            plantThread([40], { slice: 1, utilisation: 0.5, collecting: 1.5 }),
          ],
    processes: (second) =>
      second === 1
        ? []
        : [
            { cpu: 0.5, memory: 100 },
            { cpu: 0.75, memory: 50 },
          ],
  });
  const table = generatorCsv(record.header);
  feed(record, [table]);
  const [first, second] = cells(table.csv());
  expect(first).toEqual({
    Second: '0',
    Time: '2026-03-01T12:00:01Z',
    'User Count': '7',
    'Dropped Arrivals': '0',
    'Lateness p50 ms': '0.49',
    'Lateness p99 ms': '0.98',
    'Lateness max ms': '0.99',
    'Loop Delay p99 ms': '40',
    'Loop Delay max ms': '40',
    Utilisation: '0.5',
    'GC ms': '4.5',
    'CPU Cores': '1.25',
    'Memory Bytes': '150',
  });
  expect(second).toMatchObject({
    Second: '1',
    'Dropped Arrivals': '3',
    'Lateness p50 ms': '',
    Utilisation: '',
    'GC ms': '',
  });
  expect(second).toMatchObject({ 'CPU Cores': '', 'Memory Bytes': '', 'Loop Delay max ms': '' });
});
