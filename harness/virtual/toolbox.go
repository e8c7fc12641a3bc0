package virtual

// toolbox holds the commands that Android takes from toybox.
var toolbox map[string]command
