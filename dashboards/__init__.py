"""Shows what happened, and takes people's decisions."""
