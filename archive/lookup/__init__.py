"""Finding what is archived, and handing out copies: each look with its purpose, masked and marked."""
