"""Does gradient descent always find a good fit? Try a thousand random initial values."""

from micrograd_sq.statquest.many import fit_many

fits = fit_many(starts=1000, seed=0)
document = fits.document()
print(f"{document['good']} of {document['starts']} starts find a good fit (SSR < 0.001)")
print(f"best SSR {document['best']:.1g}, median {document['median']:.2g}")
print(f"{document['diverged']} diverged")

# Many other descents end near an SSR of 2/3. This is the SSR of a flat squiggle at 1/3, the mean of
# the data. No other flat squiggle has a smaller SSR.
print("number of starts by their last SSR")
for low, high in ((0.0, 0.001), (0.001, 0.1), (0.1, 0.6), (0.6, 0.7), (0.7, float("inf"))):
    count = ((fits.ssr >= low) & (fits.ssr < high)).sum()
    print(f"  {low:5g} to {high:5g}: {'#' * (count // 20)} {count}")
