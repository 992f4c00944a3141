import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { documents, readDocument, withoutBlocks } from './documents.ts';
import { root } from './planted-tree.ts';

/** Anchors of the headings of a page, as code hosts make them: a second one of the same letters gets a number. */
function anchors(path: string): ReadonlySet<string> {
  const taken = new Map<string, number>();
  return new Set(
    [...withoutBlocks(readDocument(path)).matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = '']) => {
      const slug = heading
        .trim()
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-');
      const before = taken.get(slug) ?? 0;
      taken.set(slug, before + 1);
      return before === 0 ? slug : `${slug}-${before}`;
    }),
  );
}

const links = [...documents, 'bench/README.md'].flatMap((page) =>
  [
    ...withoutBlocks(readDocument(page))
      .replace(/`[^`\n]*`/g, 'code')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, target = '']) => ({ page, target })),
);
const inside = links.filter(({ target }) => !/^(https?:|mailto:)/.test(target));

test('pages have links to look at', () => {
  expect(inside.length).toBeGreaterThan(50);
});

test.each([...new Map(inside.map((link) => [`${link.page} ${link.target}`, link])).values()])(
  'the link $target of $page leads somewhere',
  ({ page, target }) => {
    const [file = '', anchor] = target.split('#');
    const path = file === '' ? page : normalize(join(dirname(page), file));
    // What is not in the repository is not on the code host.
    expect(path).not.toMatch(/^(\.\.|\/|dist\/|node_modules\/)/);
    expect(existsSync(join(root, path))).toBe(true);
    if (anchor !== undefined && !statSync(join(root, path)).isDirectory()) expect(anchors(path)).toContain(anchor);
  },
);
