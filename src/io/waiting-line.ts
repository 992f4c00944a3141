/** First come, first served, at a constant cost however long the line is; those at its head can also leave it cheaply. */
export class WaitingLine<Item> {
  #items: (Item | null)[] = [];
  #head = 0;

  join(item: Item): void {
    this.#items.push(item);
  }

  /** The one who has waited longest; null when nobody waits. */
  next(): Item | null {
    while (this.#head < this.#items.length) {
      const item = this.#items[this.#head] ?? null;
      this.#items[this.#head++] = null;
      if (item === null) continue;
      this.#tidy();
      return item;
    }
    this.#tidy();
    return null;
  }

  /** Whether it was in the line. The search begins at the head, where those are whose patience ends first. */
  leave(item: Item): boolean {
    const place = this.#items.indexOf(item, this.#head);
    if (place < 0) return false;
    this.#items[place] = null;
    return true;
  }

  /** Array.shift() moves everything behind it; so the served are cut off only when they are the larger part. */
  #tidy(): void {
    if (this.#head < 1024 && this.#head < this.#items.length) return;
    if (this.#head * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
