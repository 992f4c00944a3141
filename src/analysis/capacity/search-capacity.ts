import { poolChances } from './pool-chances.ts';

/** What one trial of a load says. */
export interface LoadTrial {
  readonly users: number;
  /** `invalid`: the generator itself was the limit, so that it says nothing about the server. */
  readonly outcome: 'holds' | 'breaks' | 'undecided' | 'invalid';
  /** The side on which the numbers lie, sure or not. */
  readonly leans: 'holds' | 'breaks';
  /** One-sided P values: small ones show that the load holds, or breaks. */
  readonly chance: { readonly holds: number; readonly breaks: number };
  readonly requests: number;
}

/** Why a trial is played: to look, to look for longer at what is undecided, or to confirm an end of the interval. */
export type TrialPurpose = 'look' | 'longer' | 'confirm';

/** Plays a trial. null: there is no time for it, or somebody stops the search. */
export type TryLoad = (users: number, purpose: TrialPurpose) => Promise<LoadTrial | null>;

export interface SearchOptions {
  /** Where to begin. */
  readonly start: number;
  /** The highest load that is tried. */
  readonly most: number;
  /** How narrow the interval shall be, as a share of the load. */
  readonly precision: number;
}

/** Where the highest load lies at which every limit holds. */
export interface Capacity {
  /** The highest load that was shown to hold; null: none was. */
  readonly holds: number | null;
  /** The lowest load that was shown to break; null: none was. */
  readonly breaks: number | null;
  /**
   * `found`: between the two; `nothing-broke`: up to the highest load; `always-breaks`: the smallest load does; `generator`: the
   * generator came to its limit first; `stopped`: before it was known; `undecided`: no trial was sure.
   */
  readonly kind: 'found' | 'nothing-broke' | 'always-breaks' | 'generator' | 'stopped' | 'undecided';
  /** Loads that two trials could not decide, ascending: the interval cannot be narrower than these, however many trials there are. */
  readonly edges: readonly number[];
  /** What ended the search before it was through; null: nothing did. */
  readonly over: 'generator' | 'stopped' | null;
  /** Whether both ends held when they were tried once more. */
  readonly confirmed: boolean;
  /** Loads of which a second trial did not say the same, so that the interval was widened. */
  readonly contradicted: readonly number[];
}

/** How often the search goes on after a repeat that contradicts. */
const mostRounds = 3;
/** The chance of being wrong about one load: looked at twice, and when it is an end of the answer. */
const [riskOfLook, riskOfEnd] = [0.05, 0.025];

/**
 * Finds the highest number of users at which every limit holds: doubles from the start until a limit breaks, bisects between what
 * holds and what breaks, and confirms both ends by a repeat. A load that is undecided is tried for longer once, and then counts as
 * the edge of the interval: the search goes on below and above it. Trials of one load are pooled. A repeat that points the other way,
 * or makes the end unsure, turns it into an edge: then the search goes on beside it.
 */
export async function searchCapacity(tryLoad: TryLoad, options: SearchOptions): Promise<Capacity> {
  const search = new Search(tryLoad, options);
  for (let round = 0; round < mostRounds; round++) {
    for (let next = search.next(); next !== null; next = search.next()) await search.look(next);
    const [holds, breaks] = [await search.confirm('holds'), await search.confirm('breaks')];
    if (holds && breaks) break;
  }
  return search.answer();
}

type Known = 'holds' | 'breaks' | 'edge';

class Search {
  readonly #tryLoad: TryLoad;
  readonly #options: SearchOptions;
  readonly #known = new Map<number, Known>();
  readonly #contradicted: number[] = [];
  readonly #trials: LoadTrial[] = [];
  readonly #confirmed = new Set<number>();
  #over: 'generator' | 'stopped' | null = null;

  constructor(tryLoad: TryLoad, options: SearchOptions) {
    this.#tryLoad = tryLoad;
    this.#options = options;
  }

  /** The load to look at next; null when there is nothing left to find out. */
  next(): number | null {
    if (this.#over !== null) return null;
    const { start, most } = this.#options;
    const tried = [...this.#known.keys()].sort((a, b) => a - b);
    const [least, greatest] = [tried[0], tried.at(-1)];
    if (least === undefined || greatest === undefined) return Math.min(start, most);
    const [holds, breaks] = [this.#holds(), this.#breaks()];
    if (breaks === null) return greatest >= most ? this.#downwards(least) : Math.min(most, greatest * 2);
    if (holds === null) return this.#downwards(least);
    return this.#between(holds, breaks);
  }

  /** While nothing holds. */
  #downwards(least: number): number | null {
    return this.#holds() !== null || least <= 1 ? null : Math.floor(least / 2);
  }

  /** The middle of the wider gap beside what is undecided, or of the whole. */
  #between(holds: number, breaks: number): number | null {
    const edges = this.#edges();
    const [first, last] = [edges[0], edges.at(-1)];
    const wanted = Math.max(1, this.#options.precision * breaks);
    if (breaks - holds <= wanted) return null;
    if (first === undefined || last === undefined) return Math.round((holds + breaks) / 2);
    const gaps = [
      { from: holds, to: first },
      { from: last, to: breaks },
    ].filter(({ from, to }) => to - from > wanted);
    const widest = gaps.sort((a, b) => b.to - b.from - (a.to - a.from))[0];
    return widest ? Math.round((widest.from + widest.to) / 2) : null;
  }

  async look(users: number): Promise<void> {
    const first = await this.#play(users, 'look');
    if (first?.outcome === 'holds' || first?.outcome === 'breaks') this.#known.set(users, first.outcome);
    else if (first && (await this.#play(users, 'longer'))) this.#known.set(users, this.#pooled(users, riskOfLook));
  }

  /** Repeats an end of the interval, unless it was; false: the repeat turned it into an edge. */
  async confirm(side: 'holds' | 'breaks'): Promise<boolean> {
    const users = side === 'holds' ? this.#holds() : this.#breaks();
    if (users === null || this.#confirmed.has(users) || this.#over !== null) return true;
    const trial = await this.#play(users, 'confirm');
    if (!trial) return true;
    if (trial.leans === side && this.#pooled(users, riskOfEnd) === side) this.#confirmed.add(users);
    else {
      this.#contradicted.push(users);
      this.#known.set(users, 'edge');
    }
    return this.#confirmed.has(users);
  }

  /** What all trials of a load say together. */
  #pooled(users: number, risk: number): Known {
    const trials = this.#trials.filter((trial) => trial.users === users);
    const chance = (side: 'holds' | 'breaks'): number =>
      poolChances(trials.map(({ chance, requests }) => ({ p: chance[side], weight: requests })));
    return chance('breaks') < risk ? 'breaks' : chance('holds') < risk ? 'holds' : 'edge';
  }

  answer(): Capacity {
    const [holds, breaks] = [this.#holds(), this.#breaks()];
    return {
      holds,
      breaks,
      kind: this.#kind(holds, breaks),
      edges: this.#edges(),
      over: this.#over,
      confirmed:
        (holds !== null || breaks !== null) &&
        [holds, breaks].every((users) => users === null || this.#confirmed.has(users)),
      contradicted: this.#contradicted,
    };
  }

  #kind(holds: number | null, breaks: number | null): Capacity['kind'] {
    if (holds !== null && breaks !== null) return 'found';
    if (this.#over !== null) return this.#over;
    if (holds !== null) return 'nothing-broke';
    return breaks === null || breaks > 1 ? 'undecided' : 'always-breaks';
  }

  /** An invalid trial is no evidence: it is played once more, and then the search is over. */
  async #play(users: number, purpose: TrialPurpose): Promise<LoadTrial | null> {
    for (let i = 0; i < 2; i++) {
      const trial = await this.#tryLoad(users, purpose);
      // Ended while an invalid load was to be played again: the generator is why nothing is known of it.
      if (trial === null) this.#over = i === 0 ? 'stopped' : 'generator';
      if (trial !== null && trial.outcome !== 'invalid') this.#trials.push(trial);
      if (trial === null || trial.outcome !== 'invalid') return trial;
    }
    this.#over = 'generator';
    return null;
  }

  /** The lowest load that breaks. */
  #breaks(): number | null {
    return this.#least('breaks');
  }

  /** The highest load that holds below everything that breaks. */
  #holds(): number | null {
    const breaks = this.#breaks() ?? Number.POSITIVE_INFINITY;
    const held = [...this.#known].filter(([users, known]) => known === 'holds' && users < breaks);
    return held.length === 0 ? null : Math.max(...held.map(([users]) => users));
  }

  #least(which: Known): number | null {
    const found = [...this.#known].filter(([, known]) => known === which);
    return found.length === 0 ? null : Math.min(...found.map(([users]) => users));
  }

  #edges(): number[] {
    const [holds, breaks] = [this.#holds() ?? 0, this.#breaks() ?? Number.POSITIVE_INFINITY];
    const edges = [...this.#known].filter(([users, known]) => known === 'edge' && users > holds && users < breaks);
    return edges.map(([users]) => users).sort((a, b) => a - b);
  }
}
