# Buttons and commands: vary, retry, upscale, blend.
source-removed = That picture was removed, so nothing can be made from it any more.
retried = This is the same request again, drawn with seed { $seed }.
upscaled = the size, now { $width } × { $height }, drawn anew and therefore sharp
upscale-too-large = That would be { $width } × { $height } pixels; a picture can have at most { $most } on a side.
upscale-unavailable = This picture cannot be drawn at a larger size here.

# Collages
blend-needs-images = { $count ->
    [0] Attach two to six images, and I will arrange them as a collage in one palette.
   *[other] That is only one image. Attach two to six different ones, and I will arrange them as a collage in one palette.
}
blend-too-many = I can put at most { $most } images into one collage.
collage = This is a collage: your { $count } images stand side by side, unchanged, on colors from a palette that they share. They were not blended into one picture.
collage-image = image { $number }
collage-shows-uploads-only = a collage shows only the uploaded images, so this was left out: { $things }
