/** One unit of the tree as it was frozen when the wave closed. */
export interface WaveUnit {
  readonly id: string
  /** The unit above; null for the organisation, of which there is exactly one. */
  readonly parent: string | null
}

/** Why a thing has no figures at all in this wave: a fact about the instrument, the same for everybody. */
export type Absence = "not-asked" | "rule-of-that-year"

/** What may be published of an item. */
export type ItemFigure = "percent-positive" | "mean"

/** What is published of an item. */
export const figuresOf = ({ figures = ["percent-positive"] }: WaveItem): ReadonlyArray<ItemFigure> => figures

/** One item of the instrument as the wave asked it. Values are those after reversing. */
export interface WaveItem {
  readonly id: string
  readonly min: number
  readonly max: number
  /** The lowest value that counts as positive; sharpens what is taken to be known of hidden means. */
  readonly positiveFrom?: number
  /** What is published of the item itself; default: percent positive. None: only its scales are. */
  readonly figures?: ReadonlyArray<ItemFigure>
  /** Given where the item has no figures in this wave, whatever was answered. */
  readonly absent?: Absence
}

/** One scale of the instrument. */
export interface WaveScale {
  readonly id: string
  readonly items: ReadonlyArray<string>
  /** The range of the score that a person, or the composite, has. */
  readonly min: number
  readonly max: number
  /**
   * How the mean comes about: from the scores of people (default), or as the mean of the published item means. Person
   * scores beside item means are refused: the difference of the two belongs to the few who left an item out.
   */
  readonly mean?: "people" | "items" | "none"
  /** Share of people with a positive score, or the mean of the percentages of the items (default: none). */
  readonly percentPositive?: "people" | "items" | "none"
}

/** What is known of the answers of one unit to one item: integers, after reversing. */
export interface ItemSums {
  readonly n: number
  readonly positive: number
  readonly sum: number
  readonly squares: number
  /** People in the lowest of the three collapsed categories; without it an item shows no spread. */
  readonly negative?: number
}

/** What is known of the scores of the people of one unit on one scale. */
export interface ScaleSums {
  readonly n: number
  readonly sum: number
  readonly squares: number
  readonly positive?: number
  readonly negative?: number
}

/** The answers given in one unit itself (not in those below it). */
export interface UnitAnswers {
  readonly unit: string
  readonly respondents: number
  readonly items: Readonly<Record<string, ItemSums>>
  readonly scales: Readonly<Record<string, ScaleSums>>
}

/** A way to divide the respondents (by role, by mode, early or late): for the organisation only. */
export interface Breakdown {
  readonly by: string
  readonly groups: ReadonlyArray<{ readonly group: string; readonly answers: Iterable<UnitAnswers> }>
}

/** All that {@link releaseWave} is told of a closed wave. */
export interface WaveInput {
  /** People below whom nothing is told of them; default 10, never below 5. */
  readonly k?: number
  readonly units: ReadonlyArray<WaveUnit>
  /** Invitations by unit: open knowledge, so what an attacker starts from. */
  readonly invited: Readonly<Record<string, number>>
  readonly answers: Iterable<UnitAnswers>
  readonly items: ReadonlyArray<WaveItem>
  readonly scales: ReadonlyArray<WaveScale>
  readonly breakdowns?: ReadonlyArray<Breakdown>
}
