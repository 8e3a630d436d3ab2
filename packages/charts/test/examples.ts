import type { ChartOptions, ChartPoint } from "../src/index.ts"
import { series } from "./series.ts"

/** One picture: a name, its points, its options. */
export interface Example {
  readonly name: string
  readonly points: ReadonlyArray<ChartPoint>
  readonly options: ChartOptions
}

// Draws from a standard normal distribution, written down, so that the pictures never change.
const DRAWS = [
  0.3, -0.8, 1.1, -0.2, 0.6, -1.3, 0.1, 0.9, -0.5, -0.4, 1.4, -0.9, 0.2, 0.7, -1.1, 0.5, -0.1, -0.7, 1.2, 0.4,
  -0.6, 0.8, -1.5, 0.1, 0.9, -0.3, -1, 1.3, 0.2, -0.6, 0.5, -0.2, 1, -1.2
]

const unrest = (n: number, centre: number, size: number): ReadonlyArray<number> =>
  DRAWS.slice(0, n).map((draw) => Number((centre + size * draw).toFixed(6)))

// NHS England, A&E attendances, type 1 departments, seen within 4 hours, Apr 2016 to Mar 2019 (Open Government Licence).
const ae = [
  0.8498, 0.8543, 0.8585, 0.8537, 0.8636, 0.86, 0.8371, 0.8266, 0.7933, 0.7761, 0.8116, 0.8506, 0.8569,
  0.8462, 0.861, 0.8554, 0.8544, 0.8457, 0.8482, 0.8304, 0.7729, 0.7717, 0.7691, 0.764, 0.8227, 0.8513,
  0.8563, 0.8345, 0.8397, 0.8296, 0.8312, 0.8116, 0.7934, 0.7606, 0.7576, 0.7949
]

const beds = Array.from({ length: 30 }, (_, i) => 300 + ((i * 53) % 7) * 90)

const slipping = [...unrest(24, 0.93, 0.009), 0.931, 0.921, 0.918, 0.915, 0.92, 0.911, 0.913, 0.908, 0.902]

const gaps = unrest(30, 12, 3).map((x, i) => (i === 9 || i === 10 || i === 20 ? null : x))

const aeOptions: ChartOptions = {
  title: "A&E: seen within four hours, all type 1 departments in England",
  subtitle: "Share of attendances admitted, transferred or discharged within 4 hours",
  percent: true,
  direction: "up",
  period: "month",
  source: "Source: NHS England, A&E attendances and emergency admissions (Open Government Licence v3.0)"
}

/** The pictures that are looked at and kept. */
export const examples: ReadonlyArray<Example> = [
  {
    name: "ae-four-hours",
    points: series({ values: ae, start: "2016-04", direction: "up", target: 0.95 }),
    options: aeOptions
  },
  {
    name: "slipping",
    points: series({ values: slipping, start: "2022-01", direction: "up", target: 0.95 }),
    options: {
      title: "Medicines reconciled within a day, Ward 7",
      percent: true,
      direction: "up",
      notes: [
        { period: "2023-11-01", text: "Second pharmacist on leave" },
        { period: "2023-12-01", text: "New drug chart" }
      ]
    }
  },
  {
    name: "p-chart",
    points: series({
      values: unrest(30, 0.08, 0.012).map((x, i) => (i === 26 ? 0.15 : x)),
      start: "2022-01",
      direction: "down",
      denominators: beds,
      target: 0.05
    }),
    options: { title: "Readmitted within 30 days", percent: true, chart: "p", direction: "down" }
  },
  {
    name: "rebased-excluded-gaps",
    points: series({
      values: [...gaps, ...unrest(14, 5, 1.2)].map((x, i) => (i === 15 ? 31 : x)),
      start: "2021-01",
      direction: "down",
      baseline: 24,
      rebase: 30,
      excluded: [15]
    }),
    options: {
      title: "Falls",
      unit: "per 1,000 bed-days",
      direction: "down",
      notes: [{ period: "2023-07-01", text: "Falls bundle on all wards, limits set anew" }]
    }
  },
  {
    name: "neutral",
    points: series({
      values: [...unrest(24, 4200, 150), 4620, 4700, 4650, 4710, 4800, 4750, 4690],
      start: "2022-01",
      direction: "neutral"
    }),
    options: { title: "Referrals received", direction: "neutral", unit: "per month", width: 520 }
  },
  {
    name: "seasonal",
    points: series({ values: ae, start: "2016-04", direction: "up", judged: false }),
    options: { ...aeOptions, caption: "Seasonal: not judged", height: 380 }
  },
  {
    name: "constant",
    points: series({
      values: Array.from({ length: 20 }, () => 1),
      start: "2023-01",
      direction: "up",
      target: 1
    }),
    options: { title: "Hand-over complete", percent: true, direction: "up", height: 320 }
  },
  {
    name: "long-title-narrow",
    points: series({ values: unrest(13, -3, 2.5), start: "2024-01", direction: "up", baseline: 13 }),
    options: {
      title:
        "Difference between planned and filled shifts of registered nurses <b>in all community teams & hubs</b>",
      subtitle: "Hours a week, by month; below nought means that fewer were filled than planned",
      direction: "up",
      width: 360,
      height: 460
    }
  }
]
