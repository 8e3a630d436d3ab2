/** What a project's `plimsoll.config.ts` imports. The command itself is in the package's bin. */
export { defineConfig, type MicrosystemConfig, type PlimsollConfig } from "./define-config.ts"
