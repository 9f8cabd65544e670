# What people are told where a model draws.
neural-cannot-revise = The model here draws from words only and cannot change a picture. Describe the whole picture and I will draw it anew.
neural-cannot-look = The model here draws from words only and cannot look at images. Describe what you want to see instead.
stage-in-line = { $place ->
    [1] next in line
    [2] 2nd in line
    [3] 3rd in line
   *[other] number { $place } in line
}
stage-in-line-for = { $place ->
    [1] next in line
    [2] 2nd in line
    [3] 3rd in line
   *[other] number { $place } in line
}, about { $seconds } s
stage-drawing-for = drawing, about { $seconds } s left
