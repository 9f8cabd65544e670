# What the planner says about drawings and revisions.
nothing-to-draw = What should I draw? Tell me the things, for example: “three red apples left of a blue car, title "SALE"”.
nothing-to-draw-known = I have no drawing for { $nouns }. What else should I draw?
nothing-to-revise = There is no picture here yet to change. Tell me what to draw first.
not-in-picture = There is no { $noun } in this picture. In it are: { $objects }.
which-object = Which one do you mean? In the picture are: { $objects }.
change-not-understood = I did not understand what to change. In the picture are: { $objects }.

# Not done
unknown-noun = no drawing for: { $nouns }
deed-not-drawn = cannot be drawn, the things stand side by side instead: { $words }
trait-not-drawn = cannot be shown: { $words }
one-color-only = a second colour on the same thing ({ $color })
chart-needs-numbers = the chart, because it had no numbers (for example “bar chart: Mon 3, Tue 5”)
too-many-instances = more than { $limit } of { $noun }
too-many-objects = only { $limit } of { $asked } things fit into one picture
grid-out-of-range = a grid of { $rows } × { $columns }; at most { $limit } rows and columns
style-from-image-not-drawn = the drawing style of an uploaded image

# Notes
drawn-as = { $noun } is drawn as “{ $drawing }”
chosen-by-us = I chose: { $nouns }

# Changes
changed-color = { $before ->
    [none] { $object } is now { $after }
   *[other] { $object }: { $before } → { $after }
}
moved-to = { $object } moved { $place ->
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
moved-by = { $object } moved { $relation ->
    [left_of] to the left of { $other }
    [right_of] to the right of { $other }
    [above] above { $other }
    [below] below { $other }
    [on] onto { $other }
    [inside] into { $other }
    [behind] behind { $other }
    [in_front_of] in front of { $other }
    [between] between { $other }
   *[next_to] next to { $other }
}
rearranged = { $object } now in a { $arrangement }
changed-scale = { $object } is now { $size }
changed-count = { $object }: { $before } → { $after }
added = added { $object }
removed = removed { $object }
replaced = { $before } replaced with { $after }
changed-text = “{ $before }” → “{ $after }”
changed-background = background { $background }
changed-style = style { $style }
changed-canvas = size { NUMBER($width, useGrouping: 0) } × { NUMBER($height, useGrouping: 0) }
flipped = { $object } mirrored
rotated = { $object } turned by { $degrees }°
outlined = { $object } outlined in { $color }
isolated = only { $object } kept, on a transparent background
varied = another version, with seed { NUMBER($seed, useGrouping: 0) }
undone = back to the earlier version
