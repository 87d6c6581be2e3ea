"""How many buckets of a density lie outside their band, and how many do by chance."""

from __future__ import annotations

import numpy as np
from scipy import special

from pump_desktop.stats.run_density import Density


def outside_band(density: Density) -> tuple[int, float]:
    """Give how many buckets lie outside the band, and how many of them do on average in fair runs."""
    hits, low, high = density.hits, density.low, density.high
    seen = int(np.count_nonzero((hits < low) | (hits > high)))
    expected = 0.0
    for length in np.unique(density.rounds).tolist():
        alike = density.rounds == length
        below, above = int(low[alike][0]) - 1, int(high[alike][0])
        chance = float(special.bdtrc(above, length, density.probability)) if above < length else 0.0
        if below >= 0:
            chance += float(special.bdtr(below, length, density.probability))
        expected += chance * int(np.count_nonzero(alike))
    return seen, expected
