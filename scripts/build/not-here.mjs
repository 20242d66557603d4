/** `npm pack` in the checkout: these are the sources, which Node takes from no `node_modules`. */
console.error("✗ The package is made in dist/.\n  → npm run build && npm pack ./dist");
process.exit(1);
