package strict_test

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// kinds lists the types of all nodes of a tree.
func kinds(root ast.Node) string {
	var all strings.Builder
	if root != nil {
		ast.Walk(visitor(func(n ast.Node) { fmt.Fprintf(&all, " %T", n) }), root)
	}
	return all.String()
}

type visitor func(ast.Node)

func (v visitor) Visit(n ast.Node) ast.Visitor {
	v(n)
	return v
}
