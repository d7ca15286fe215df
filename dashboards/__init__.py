"""Shows it, and takes people's decisions: web pages and the JSON behind them."""
