/** Uniform numbers between 0 and 1, both excluded: xoshiro128** by Blackman and Vigna, seeded through splitmix32. */
const makeUniform = (seed: number): (() => number) => {
  const state = new Uint32Array(4)
  let z = seed >>> 0
  for (let i = 0; i < 4; i++) {
    z = (z + 0x9e3779b9) >>> 0
    let x = z
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
    state[i] = (x ^ (x >>> 16)) >>> 0
  }
  const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k))
  return () => {
    const result = Math.imul(rotate(Math.imul(state[1]!, 5), 7), 9) >>> 0
    const t = state[1]! << 9
    state[2]! ^= state[0]!
    state[3]! ^= state[1]!
    state[1]! ^= state[2]!
    state[0]! ^= state[3]!
    state[2]! ^= t
    state[3] = rotate(state[3]!, 11)
    return (result + 0.5) / 4294967296
  }
}

const makeNormal = (uniform: () => number): (() => number) => {
  let spare: number | undefined
  return () => {
    if (spare !== undefined) {
      const x = spare
      spare = undefined
      return x
    }
    const radius = Math.sqrt(-2 * Math.log(uniform()))
    const angle = 2 * Math.PI * uniform()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
}

/**
 * Fills an array with one stationary normal series after another, each value carrying over `phi` of the one before.
 * The same seed gives the same series; `phi` 0 gives independent values with a standard deviation of 1.
 */
export const makeSeries = (seed: number, phi = 0): ((into: Float64Array) => void) => {
  const normal = makeNormal(makeUniform(seed))
  const settled = Math.sqrt(1 - phi * phi)
  return (into) => {
    let x = normal() / settled
    into[0] = x
    for (let i = 1; i < into.length; i++) {
      x = phi * x + normal()
      into[i] = x
    }
  }
}
