# What a server that draws for us says.
remote-refused = The service that draws the images has turned this request down under its own rules. Try to describe it differently.
