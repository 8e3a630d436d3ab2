import type { At, Stages } from "./stages.ts"

const bits = 31
const mask = `${2 ** bits - 1}`

/**
 * `to`: 31 well mixed bits of the whole number `x`. Shifts and multiplications that can be undone, so that no two numbers
 * below 2³¹ give the same; 31 bits, because DuckDB multiplies signed integers five times as fast as unsigned ones.
 */
export const mixed =
  (x: (at: At) => string, to: string): Stages =>
  (at) => {
    const h = at(to)
    return [
      { [to]: `(${x(at)}) & ${mask}` },
      { [to]: `(xor(${h}, ${h} >> 15) * ${0x2c1b3c6d}) & ${mask}` },
      { [to]: `(xor(${h}, ${h} >> 13) * ${0x297a2d39}) & ${mask}` },
      { [to]: `xor(${h}, ${h} >> 16)` }
    ]
  }

/** The bits of a draw from those of its replicate and the place of what is drawn: neighbours in either have nothing in common. */
export const drawOf = (replicate: string, place: string, to: string): Stages =>
  mixed(() => `xor(${replicate}, (${place} * ${0x1e3779b1}) & ${mask})`, to)

/** SQL: bits as a number between 0 and 1, neither of them. */
export const uniform = (own: string): string => `((${own} + 0.5e0) / ${2 ** bits}e0)`

/** SQL: bits as one of the whole numbers from 0 to below `n` < 2³². */
export const below = (own: string, n: string): string => `((${own} * ${n}) >> ${bits})`

/** SQL: the number of the part of the range, of 2¹⁶ equal ones from 0 on, in which bits lie. */
export const part = (own: string): string => `(${own} >> ${bits - 16})`
