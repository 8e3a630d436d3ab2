/** CSV and JSON Lines files as a source. */
export { files as default, files } from "./files.ts"
export type { FilesOptions } from "./settings.ts"
export type { FileCursor } from "./file-cursor.ts"
