import type { ChartDirection } from "./options.ts"
import type { PlacedPoint } from "./point.ts"

/** How a point looks. Shape and colour say the same, so either is enough. */
export type Look =
  | "concern-high"
  | "concern-low"
  | "improvement"
  | "both"
  | "changed"
  | "common"
  | "not-judged"
  | "excluded"

/** Colours and shapes follow Making Data Count (orange concern, blue improvement, purple changed), darkened to stand out on white. */
export interface Appearance {
  readonly colour: string
  /** One character for a terminal. */
  readonly glyph: string
  /** ANSI colour (256 colours). */
  readonly ansi: number
  readonly words: string
  readonly hollow: boolean
  /** Corners in units of the radius; a circle has none. */
  readonly corners: ReadonlyArray<readonly [number, number]>
}

const triangleUp = [
  [0, -1.35],
  [1.25, 0.85],
  [-1.25, 0.85]
] as const
const triangleDown = triangleUp.map(([x, y]) => [x, -y] as const)
const diamond = [
  [0, -1.4],
  [1.2, 0],
  [0, 1.4],
  [-1.2, 0]
] as const
const square = [
  [-1, -1],
  [1, -1],
  [1, 1],
  [-1, 1]
] as const
const hourglass = [
  [-1.15, -1.3],
  [1.15, -1.3],
  [-1.15, 1.3],
  [1.15, 1.3]
] as const

/** The greys and the ink of everything that is not a point. */
export const INK = {
  text: "#1f2328",
  quiet: "#57606a",
  line: "#6e7781",
  centre: "#424a53",
  target: "#a4133c",
  shade: "#eef2f6",
  grid: "#d8dee4",
  paper: "#ffffff"
} as const

/** In drawing order: what must be seen lies on top. */
export const APPEARANCE: Readonly<Record<Look, Appearance>> = {
  "not-judged": { colour: "#6e7781", glyph: "○", ansi: 245, words: "not judged", hollow: true, corners: [] },
  excluded: { colour: "#6e7781", glyph: "×", ansi: 245, words: "excluded", hollow: true, corners: square },
  common: {
    colour: "#57606a",
    glyph: "•",
    ansi: 250,
    words: "ordinary variation",
    hollow: false,
    corners: []
  },
  changed: { colour: "#6f2da8", glyph: "■", ansi: 134, words: "changed", hollow: false, corners: square },
  improvement: {
    colour: "#005eb8",
    glyph: "◆",
    ansi: 33,
    words: "improvement",
    hollow: false,
    corners: diamond
  },
  both: {
    colour: "#b84a00",
    glyph: "⧗",
    ansi: 208,
    words: "concern and improvement",
    hollow: false,
    corners: hourglass
  },
  "concern-low": {
    colour: "#b84a00",
    glyph: "▼",
    ansi: 208,
    words: "concern, low",
    hollow: false,
    corners: triangleDown
  },
  "concern-high": {
    colour: "#b84a00",
    glyph: "▲",
    ansi: 208,
    words: "concern, high",
    hollow: false,
    corners: triangleUp
  }
}

/** Every look, in drawing order. */
export const LOOKS = Object.keys(APPEARANCE) as ReadonlyArray<Look>

/** How a point with a value looks. As in words: without a direction a flag is a change, neither good nor bad. */
export const lookOf = (point: PlacedPoint, direction: ChartDirection = "neutral"): Look => {
  if (point.excluded) return "excluded"
  if (point.variation === "common" || point.variation === "not-judged") return point.variation
  if (direction === "neutral") return "changed"
  if (point.variation !== "concern") return point.variation
  // Where the side is not told, the direction tells it: with "up is better", concern is low.
  const low = point.directionOfSignal === "low" || (point.directionOfSignal !== "high" && direction === "up")
  return low ? "concern-low" : "concern-high"
}
