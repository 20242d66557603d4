#!/usr/bin/env node
/** `npx retemper …` in the checkout: the set-up finds a current Node, whatever this one is, and runs `workers/cli`. */
process.argv.splice(2, 0, "retemper");
await import("../scripts/bootstrap/main.mjs");
