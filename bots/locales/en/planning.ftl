# What the planner says about drawings and revisions.
nothing-to-draw = What should I draw? Tell me the things, for example: “three red apples left of a blue car, title "SALE"”.
nothing-to-draw-known = I have no drawing for { $nouns }. What else should I draw?
nothing-to-revise = There is no picture here yet to change. Tell me what to draw first.
not-in-picture = There is no { $noun } in this picture. In it are: { $objects }.
nothing-in-picture = The picture is empty now. Tell me what to put into it.
which-object = Which one do you mean? In the picture are: { $objects }.
change-not-understood = I did not understand what to change. In the picture are: { $objects }.

# Not done
unknown-noun = no drawing for: { $nouns }
deed-not-drawn = cannot be drawn, the things stand side by side instead: { $words }
trait-not-drawn = cannot be shown: { $words }
one-color-only = a second color on the same thing ({ $color })
chart-needs-numbers = the chart, because it had no numbers (for example “bar chart: Mon 3, Tue 5”)
too-many-instances = more than { $limit } of { $noun }
too-many-objects = only { $limit } of { $asked } things fit into one picture
grid-out-of-range = a grid of { $rows } × { $columns }; at most { $limit } rows and columns
style-from-image-not-drawn = the drawing style of an uploaded image

# Notes
drawn-as = { $noun } is drawn as “{ $drawing }”
chosen-by-us = I chose: { $nouns }

# Changes: short noun phrases, read as a list
changed-color = { $before ->
    [none] the { $object }, now { $after }
   *[other] the { $object }, now { $after } (was { $before })
}
moved-to = the { $object }, moved { $place ->
    [top_left] to the top left
    [top] to the top
    [top_right] to the top right
    [left] to the left
    [right] to the right
    [bottom_left] to the bottom left
    [bottom] to the bottom
    [bottom_right] to the bottom right
   *[center] to the center
}
moved-by = the { $object }, moved { $relation ->
    [left_of] to the left of the { $other }
    [right_of] to the right of the { $other }
    [above] above the { $other }
    [below] below the { $other }
    [on] onto the { $other }
    [inside] into the { $other }
    [behind] behind the { $other }
    [in_front_of] in front of the { $other }
    [between] between the { $other }
   *[next_to] next to the { $other }
}
shifted = the { $object }, moved { $way ->
    [up] up
    [down] down
    [left] to the left
    [right] to the right
    [up_left] up and to the left
    [up_right] up and to the right
    [down_left] down and to the left
   *[down_right] down and to the right
}
exchanged = the places of the { $object } and the { $other }
rearranged = the { $object }, now in a { $arrangement }
changed-scale = the { $object }, now { $size }
changed-count = the number of { $name } ({ $before } → { $after })
added = { $count ->
    [one] a new { $object }
   *[other] { $count } new { $object }
}
removed = the { $object }, removed
replaced = { $count ->
    [one] a new { $after } in place of the { $before }
   *[other] { $count } new { $after } in place of the { $before }
}
changed-text = the words “{ $before }”, now “{ $after }”
changed-background = the background, now { $background }
changed-style = the style, now { $style }
changed-canvas = the size, now { $width } × { $height }
flipped = the { $object }, mirrored
rotated = the { $object }, turned by { $degrees }°
outlined = the { $object }, outlined in { $color }
isolated = only the { $object }, on a transparent background
varied = the arrangement, drawn anew with seed { $seed }
undone = everything, back to the earlier version

# What things are called
thing-text = { $role ->
    [title] title
    [subtitle] subtitle
    [caption] caption
    [label] label
   *[body] text
} “{ $text }”
thing-image = image
thing-chart = chart
thing-card = steps
thing-pair = { $first } and the { $second }
transparent = transparent
