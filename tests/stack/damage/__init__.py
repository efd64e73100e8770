"""The damage drill: a whole archive, hurt at places that a seed chooses, and what an audit says of it."""
