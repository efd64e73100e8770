"""The pages, a file for each who uses them."""
