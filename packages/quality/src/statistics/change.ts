import type { Macro } from "./macro.ts"
import { type At, expression, inTurn } from "./stages.ts"
import { studentScore, studentTail } from "./student.ts"

const of =
  (name: string) =>
  (at: At): string =>
    at(name)

/** What has changed between two means. */
export const changeMacros: ReadonlyArray<Macro> = [
  {
    name: "welch",
    kind: "scalar",
    parameters: "n1, mean1, sd1, n2, mean2, sd2, level := 0.95",
    body: expression(
      {
        n1: "CASE WHEN n1 > 1 THEN n1::DOUBLE END",
        n2: "CASE WHEN n2 > 1 THEN n2::DOUBLE END",
        s1: "CASE WHEN sd1 >= 0 THEN sd1::DOUBLE * sd1 END",
        s2: "CASE WHEN sd2 >= 0 THEN sd2::DOUBLE * sd2 END",
        d: "mean2::DOUBLE - mean1",
        level: "CASE WHEN level > 0 AND level < 1 THEN level::DOUBLE END"
      },
      inTurn(
        (at) => [
          { v: `${at("s1")} / ${at("n1")} + ${at("s2")} / ${at("n2")}` },
          {
            se: `sqrt(nullif(${at("v")}, 0))`,
            df: `${at("v")} * ${at("v")} / nullif(pow(${at("s1")} / ${at("n1")}, 2) / (${at("n1")} - 1) + pow(${at("s2")} / ${at("n2")}, 2) / (${at("n2")} - 1), 0)`,
            pooled: `sqrt(nullif(((${at("n1")} - 1) * ${at("s1")} + (${at("n2")} - 1) * ${at("s2")}) / (${at("n1")} + ${at("n2")} - 2), 0))`
          },
          { t: `${at("d")} / ${at("se")}`, cohen: `${at("d")} / ${at("pooled")}` }
        ],
        studentTail(of("t"), of("df"), "p"),
        studentScore(of("level"), of("df"), "q")
      ),
      (at) => `{'difference': ${at("d")}, 't': ${at("t")}, 'df': ${at("df")}, 'p': ${at("p")},
        'low': ${at("d")} - ${at("q")} * ${at("se")}, 'high': ${at("d")} + ${at("q")} * ${at("se")},
        'd': ${at("cohen")}, 'g': ${at("cohen")} * (1 - 3 / (4 * (${at("n1")} + ${at("n2")} - 2) - 1))}`
    ),
    comment:
      "The change from one mean to another by Welch: a struct of difference, t, df, p, low, high, and the effect sizes d and g."
  }
]
