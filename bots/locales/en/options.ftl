# Options that cannot be met.
size-impossible = { $width } × { $height } pixels is not possible: each side must be from { $low } to { $high } pixels.
aspect-impossible = { $width }:{ $height } is not possible: the longer side may be at most three times the shorter one.
color-invalid = { $color } is not a color I can read. Please write it like #ffeecc or #fec, or use a color's name.
count-impossible = I can draw from 1 to { $most } images at once, not { $count }.
seed-impossible = The seed must be a whole number from 0 to { $most }.
jpeg-transparent = A JPEG cannot be transparent. Please ask for PNG or WebP instead.
style-unavailable = The style “{ $style }” is not available here. I can draw flat, outline, sticker, poster and paper.
format-unavailable = I cannot save { $format } files; PNG, WebP and JPEG are possible.
