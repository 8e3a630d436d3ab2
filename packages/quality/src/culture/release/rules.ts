/**
 * The rules of a release, each of which can be switched off: only so that the attack test can show that each is needed.
 * {@link releaseWave} keeps all of them and takes no switch.
 */
export interface Rules {
  /** Totals only of cells that are released themselves; pools whose counts cannot be told (RULES 4.2). */
  readonly partition: boolean
  /** Enough people for every item; a composite only with all its items (4.3). */
  readonly answered: boolean
  /** Bounds in place of percentages where nearly all agree; no mean at a scale's end (4.4). */
  readonly unanimity: boolean
  /** No mean of people who disagree; a spread only of enough people (4.5). */
  readonly disagreement: boolean
  /** Where a count is hidden, so are its percentage and limits (4.7). */
  readonly hiddenCounts: boolean
  /** Pools are judged as somebody sees them who knows the answers of one of their teams (4, first sentence). */
  readonly ownTeam: boolean
}

/** What every release keeps. */
export const allRules: Rules = {
  partition: true,
  answered: true,
  unanimity: true,
  disagreement: true,
  hiddenCounts: true,
  ownTeam: true
}
