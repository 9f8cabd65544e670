# What the layout could not hold.
relation-impossible = I could not keep { $subject } { $relation ->
    [left_of] left of
    [right_of] right of
    [above] above
    [below] below
    [on] on
    [inside] inside
    [behind] behind
    [in_front_of] in front of
    [between] between
    [next_to] next to
    [in_row] in a row with
   *[other] placed as asked with
 } { $object }: it contradicts the rest of the picture.
place-impossible = There was no room for { $object } at the { $place ->
    [top_left] top left
    [top] top
    [top_right] top right
    [left] left
    [center] center
    [right] right
    [bottom_left] bottom left
    [bottom] bottom
   *[bottom_right] bottom right
 }, so it stands elsewhere.
grid-too-small = The grid asked for { $object } has fewer cells than { $count }, so I made it larger.
scene-grid-too-small = { $count } things do not fit into a grid of { $cells } cells, so I made it larger.
overlap-unavoidable = { $subject } and { $object } overlap: there was no other way to place them.
no-room = The picture is too full: not all of its { $count } things fit as they should.
