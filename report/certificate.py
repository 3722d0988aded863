"""A certificate as text for a terminal."""

from __future__ import annotations

from tabulate import tabulate

from proof.certificate import Certificate


def render(certificate: Certificate) -> str:
    """The true mean losses, how narrow the weights are, and which predictions are proven."""
    rows = [
        [epoch + 1, loss, f"{max(width.max() for width in certificate.widths(epoch)):.0e}"]
        for epoch, loss in enumerate(certificate.mean_losses)
    ]
    proven = int(certificate.proven.sum())
    return "\n".join(
        [
            "The whole training in exact arithmetic",
            tabulate(
                rows, ["epoch", "true mean loss", "widest weight, ulps"], tablefmt="simple", disable_numparse=True
            ),
            f"The class of {proven:,} of {len(certificate.proven):,} test images is proven.",
            f"Computed with {certificate.bits} bits in {certificate.seconds:.0f} s and kept; experiment "
            f"{certificate.fingerprint[:32]}.",
        ]
    )
