# What a file format could not keep.
transparency-lost = A { $format } file cannot be transparent, so the background became white. PNG and WebP keep it.
