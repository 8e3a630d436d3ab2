// Preloaded: this process, its threads included, believes that it is an hour earlier.
const now = Date.now.bind(Date)
Date.now = () => now() - 3_600_000
