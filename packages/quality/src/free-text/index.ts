/** Free text of notes and stories: looked through, redacted, suggested for, coded. */
export {
  FreeTextSetting,
  freeTextSettings,
  RedactedText,
  redactedTexts,
  Redaction,
  redactions,
  RepeatedText,
  repeatedTexts,
  SpanPattern,
  TextScan,
  textScans,
  TextSource,
  ThemeSuggestion,
  themeSuggestions,
  ThemeTerm,
  themeTerms
} from "./events.ts"
export { freeText, type FreeTextOptions } from "./module.ts"
export { type Found, patternsVersion } from "./patterns.ts"
export { hideSpans, proposeRedactions, redactText } from "./redact.ts"
export { type Alike, Repeats, similarityOf } from "./repeats.ts"
export { inSample } from "./sample.ts"
export { scanText, type SealedText } from "./scan.ts"
export {
  CodedTexts,
  type DeclaredTerm,
  digestOfTerms,
  type LearnedTerm,
  suggestByTerms,
  type Suggested
} from "./suggest.ts"
