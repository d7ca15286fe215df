"""What a person types: `./counterfoil COMMAND`."""
