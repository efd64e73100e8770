"""Handing packages to the city's construction archive, and taking in what is handed to us, each with a receipt."""
