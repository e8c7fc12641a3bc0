package scenario

import (
	"context"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// typing types text into whatever has the focus:
//
//   - type: hello world
type typing string

func readType(r *reader, at, value ast.Node) Step {
	if value == nil {
		r.problem(at, "", "%q lacks the text", "type")
		return nil
	}
	text := r.text(value, "text")
	if strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c > '~' }) {
		r.problem(value, "", "input text can type ASCII only")
	}
	if strings.Contains(text, "%s") {
		r.problem(value, "", "input text types a space for %q", "%s")
	}
	return typing(text)
}

func (t typing) String() string { return "type " + string(t) }

// Do sends the text. input text takes %s for a space on every release
// (frameworks/base cmds/input, Input.java, sendText).
func (t typing) Do(ctx context.Context, h Handset, _ Target) (Report, error) {
	_, err := command(ctx, h, "input", "text", strings.ReplaceAll(string(t), " ", "%s"))
	return Report{}, err
}
