# What the drawing engine could not do as asked.
missing-glyph = These characters have no glyph here and were left out: { $characters }
text-shortened = This text was too long for its place, so its end is missing: { $text }
art-missing = There is no drawing for { $object }, so it is not in the picture.
image-missing = The uploaded image for { $object } could not be read, so it is not in the picture.
engine-needs-scene = This engine draws from a planned scene, and this request has none.
