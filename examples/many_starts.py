"""Does gradient descent always work? A thousand random starts of all seven parameters tell."""

from micrograd_sq.statquest.many import fit_many

fits = fit_many(starts=1000, seed=0)
document = fits.document()
print(f"{document['good']} of {document['starts']} starts find a good fit (SSR < 0.001)")
print(f"best SSR {document['best']:.1g}, median {document['median']:.2g}")
print(f"{document['diverged']} diverged")

# Where do the others end? Near 2/3, say: that is the SSR of a squiggle that is level at 1/3, which
# is the best that a network can do before its squiggle bends.
print("how many end with an SSR of about ...")
for low, high in ((0.0, 0.001), (0.001, 0.1), (0.1, 0.6), (0.6, 0.7), (0.7, float("inf"))):
    count = ((fits.ssr >= low) & (fits.ssr < high)).sum()
    print(f"  {low:5g} to {high:5g}: {'#' * (count // 20)} {count}")
