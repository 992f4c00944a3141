/** What waits in a `TimeQueue`. */
export interface Timed {
  readonly at: number;
  /** Decides between two of one time: the lower goes first. */
  readonly sequence: number;
}

/** A binary heap of what waits for its time, the earliest first. Taking in and taking out cost O(log n). */
export class TimeQueue<Item extends Timed> {
  #heap: Item[] = [];

  get first(): Item | undefined {
    return this.#heap[0];
  }

  push(item: Item): void {
    const heap = this.#heap;
    let at = heap.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (!above || !before(item, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = item;
  }

  /** Takes out the first. */
  pop(): Item | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!last || last === top) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const right = heap[child + 1];
      let smaller = heap[child];
      if (right && smaller && before(right, smaller)) {
        smaller = right;
        child += 1;
      }
      if (!smaller || !before(smaller, last)) break;
      heap[at] = smaller;
      at = child;
    }
    heap[at] = last;
    return top;
  }

  /** Takes out all that match, in no particular order. */
  takeAll(matches: (item: Item) => boolean): Item[] {
    const taken = this.#heap.filter(matches);
    // What is sorted is a heap.
    this.#heap = this.#heap.filter((item) => !matches(item)).sort((a, b) => (before(a, b) ? -1 : 1));
    return taken;
  }
}

const before = (a: Timed, b: Timed): boolean => a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
