import { cellText } from "./difference.ts"
import { escaped, Markup, markup, unescaped } from "./markup.ts"

/** A figure that the page shows. */
export interface ReportFigure {
  /** What the page and `report verify` call it. */
  readonly id: string
  /** At 12 significant digits. */
  readonly value: string
  /** As people read it, rounded. */
  readonly shown: string
}

const part = (text: unknown): string =>
  encodeURIComponent(String(text ?? "all")).replaceAll(
    /['()*!]/g,
    (one) => `%${one.charCodeAt(0).toString(16)}`
  )

/** Collects the figures of a page, and writes each so that it can be found again by its id. */
export class Figures {
  readonly #all: ReportFigure[] = []
  readonly #times = new Map<string, number>()

  get all(): ReadonlyArray<ReportFigure> {
    return this.#all
  }

  /** A cell of a published relation; its id names relation, column and row. */
  cell(
    relation: string,
    column: string,
    key: ReadonlyArray<unknown>,
    value: unknown,
    shown: string = shownNumber(value)
  ): Markup {
    return this.of([`${relation}.${column}`, ...key].map(part).join(":"), value, shown)
  }

  /** A figure that the page itself counts. */
  of(name: string, value: unknown, shown: string = shownNumber(value)): Markup {
    const times = (this.#times.get(name) ?? 0) + 1
    this.#times.set(name, times)
    const id = times === 1 ? name : `${name}:${times}`
    const text = cellText(value)
    this.#all.push({ id, value: text, shown })
    return markup`<data id="${id}" value="${text}">${shown}</data>`
  }
}

/** The figures of a page that {@link Figures} wrote, as they stand there now. */
export const figuresIn = (page: string): ReadonlyArray<ReportFigure> =>
  [...page.matchAll(/<data id="([^"]*)" value="([^"]*)">([^<]*)<\/data>/g)].map(([, id, value, shown]) => ({
    id: unescaped(id!),
    value: unescaped(value!),
    shown: unescaped(shown!)
  }))

/** A figure of the page that is not what the events give. Undefined: it is not there. */
export interface FigureDifference {
  readonly figure: string
  readonly inReport: string | undefined
  readonly recomputed: string | undefined
}

const told = ({ value, shown }: ReportFigure): string =>
  value === JSON.stringify(shown) ? shown : `${shown} (${value})`

/** Compares the figures of two pages, by id. */
export const figureDifferences = (
  inReport: ReadonlyArray<ReportFigure>,
  recomputed: ReadonlyArray<ReportFigure>
): ReadonlyArray<FigureDifference> => {
  const report = new Map(inReport.map((one) => [one.id, one]))
  const truth = new Map(recomputed.map((one) => [one.id, one]))
  return [...new Set([...truth.keys(), ...report.keys()])].flatMap((figure) => {
    const [one, other] = [report.get(figure), truth.get(figure)]
    if (one?.value === other?.value && one?.shown === other?.shown) return []
    return [
      {
        figure,
        inReport: one === undefined ? undefined : told(one),
        recomputed: other === undefined ? undefined : told(other)
      }
    ]
  })
}

/** A number as people read it: no more than four significant digits, thousands apart. */
export const shownNumber = (value: unknown): string => {
  if (value === null || value === undefined) return "not known"
  if (typeof value !== "number") return String(value)
  if (Number.isInteger(value)) return value.toLocaleString("en")
  return Number(value.toPrecision(4)).toLocaleString("en", { maximumFractionDigits: 6 })
}

/** A share as a percentage. */
export const shownShare = (value: unknown): string =>
  typeof value === "number" ? `${(100 * value).toFixed(1)}\u00a0%` : "not known"

/** A value in the unit of its measure; `%` means a share between 0 and 1. */
export const shownIn = (unit: unknown, value: unknown): string =>
  unit === "%"
    ? shownShare(value)
    : `${shownNumber(value)}${value === null || typeof unit !== "string" || unit === "" ? "" : ` ${unit}`}`

/** Text for an attribute. */
export const attribute = (text: string): Markup => new Markup(escaped(text))
