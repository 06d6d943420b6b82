"""Published effects: what has been measured of customers, how well, and which parameters it bears on."""
