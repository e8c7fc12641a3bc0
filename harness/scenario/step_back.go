package scenario

import "github.com/goccy/go-yaml/ast"

// readBack reads back, which goes one screen back.
func readBack(r *reader, _, value ast.Node) Step {
	r.takesNothing("back", value)
	return press("KEYCODE_BACK")
}
