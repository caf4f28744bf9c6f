"""How the page looks, on a screen and on paper."""

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem; color: #1b1e27; background: #fff; }
h1 { font-size: 1.7rem; } h2 { margin-top: 2rem; }
table { border-collapse: collapse; margin: .6rem 0; }
th, td { text-align: left; padding: .25rem .7rem; border-bottom: 1px solid #c9cdd8;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
th { color: #555b6b; font-weight: 600; }
.charts { display: flex; flex-wrap: wrap; gap: 1rem; }
.charts svg { width: 19rem; height: auto; }
.pair { display: flex; gap: 1rem; break-inside: avoid; margin: .8rem 0; }
figure { margin: 0; flex: 1; } figcaption { color: #555b6b; font-size: .9em; }
figcaption small { display: block; }
figure img { width: 100%; max-height: 30rem; object-fit: contain;
  object-position: left; image-rendering: pixelated; }
figure img.wide { aspect-ratio: 5 / 2; object-fit: fill; }
figure img.tall { aspect-ratio: 5 / 4; object-fit: fill; }
.key { display: flex; align-items: center; gap: .5rem; color: #555b6b; font-size: .9em;
  margin: 0 0 1.6rem; break-before: avoid; }
.key i { width: 1rem; height: 1rem; border: 1px solid #c9cdd8; }
.key img { width: 14rem; height: .9rem; } .key span:first-of-type { margin-left: 1rem; }
@media print {
  body { max-width: none; margin: 0; font-size: 9.5pt; }
  th, td { padding: .2rem .45rem; }
  .charts { gap: .5rem; } .charts svg { width: 48%; }
  h2, h3 { break-after: avoid; } tr, svg { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
