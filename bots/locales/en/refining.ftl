transparency-not-made = The background could not be made transparent: the picture does not stand on one plain color.
shape-cropped = The model drew another shape, so a little was cut off evenly at the edges.
text-lettered = { $count ->
    [one] The model misspelled the text, so I set it over the picture.
   *[other] The model misspelled { $count } texts, so I set them over the picture.
}
