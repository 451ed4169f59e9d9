// Runs before the first paint, so that a chosen theme does not flash. The same name stands in src/app/theme.ts.
const chosen = localStorage.getItem('ringback.theme');
if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
