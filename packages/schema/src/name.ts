/** `orgCode` → `org_code`: the name of a field in SQL. */
export const snakeCase = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[- ]/g, "_")
    .toLowerCase()

/** `org_code` → `orgCode`: the name of a column in TypeScript and JSON. */
export const camelCase = (name: string): string =>
  name.toLowerCase().replace(/[_\- ]+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
