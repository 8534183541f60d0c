"""Values as people type and paste them: days, sums, instants, numbers and names, read as an office writes them."""
