package scenario

import "github.com/goccy/go-yaml/ast"

// readHome reads home, which leaves the app by the home key.
func readHome(r *reader, _, value ast.Node) Step {
	r.takesNothing("home", value)
	return press("KEYCODE_HOME")
}
