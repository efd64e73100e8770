"""Reading: a page image in; text lines with boxes, orientation, seals, quality, material type and fields out."""
