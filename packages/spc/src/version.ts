/** The version of this package. */
export const version = "0.1.0"

/** The number of the contract in `docs/spc-contract.md`: one more whenever a column or an argument changes its meaning or goes. */
export const contract = 1

/** The body of `spc.version()`. */
export const versionSql = `{'version': '${version}', 'contract': ${contract}}`
