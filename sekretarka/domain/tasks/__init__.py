"""What people have to do: one line per caller or matter, until somebody has done it or nobody has to."""
