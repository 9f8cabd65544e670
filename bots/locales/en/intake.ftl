# Why an uploaded file is not taken.
intake-not-an-image = This file isn't a picture I can read. PNG, JPEG, WebP and still GIF files work.
intake-unsupported-type = This kind of file isn't supported, whatever its name says. PNG, JPEG, WebP and still GIF files work.
intake-too-large = This file is larger than { $megabytes } MB. A smaller one works.
intake-too-many-pixels = This picture is too big: at most { $megapixels } megapixels and { $side } pixels on a side work.
intake-too-small = This picture is too small: both sides need at least { $side } pixels.
intake-animated = Animated pictures aren't supported. A still picture works, a single frame of this one for example.
intake-truncated = This picture is damaged or incomplete. Please upload it again.
